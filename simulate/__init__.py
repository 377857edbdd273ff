"""A region's exports written as real files, calibrated to a published statement."""
