"""The pages that read a release: static, in Chinese, viewed without a server or a network."""
