"use strict";
// Draws the tables and charts of a page from the JSON that stands in it. Text goes in as text only.
(function () {
  const FIRST_ROWS = 50;
  const STACKED_FROM = 5; // wider tables stand as cards on a narrow screen
  const model = JSON.parse(document.getElementById("model").textContent);
  const views = {};

  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  const widthClass = (text) => (
    text === "—" ? "none" : text.length > 18 ? "long" : text.length <= 12 ? "short" : "middling"
  );
  const textOf = (cell) => (Array.isArray(cell) ? cell[0] : cell);

  // 「来源」 is a file, its sheet and row: the file's name leads to its hash
  const SOURCE = /^(.+?)((?: 〔.*〕)?(?: 第 \d+ 行)?)$/s;
  const FOLDER = /^.*(\/|\.(zip|rar|7z)!)/is; // shown without it; the whole name is the title
  function sourceCell(text) {
    const [, file, rest] = text.match(SOURCE) || [null, text, ""];
    const link = make("a", file.replace(FOLDER, ""));
    link.title = file;
    const element = make("td", undefined, widthClass(link.textContent + rest));
    link.href = `files.html#files~${encodeURIComponent("文件")}~${encodeURIComponent(file)}`;
    element.append(link, rest);
    return element;
  }

  const isFilesPage = document.getElementById("files") !== null;

  function cellElement(cell, [heading, isNumber]) {
    const text = textOf(cell);
    const isSource = heading.startsWith("来源（文件") || (heading === "文件" && !isFilesPage);
    if (isSource && text && text !== "—") return sourceCell(text);
    const element = make("td", undefined, isNumber ? "number" : widthClass(text));
    if (text === "—") element.classList.add("none");
    if (Array.isArray(cell)) {
      const link = make("a", text);
      link.href = cell[1];
      element.append(link);
    } else {
      element.textContent = text;
    }
    return element;
  }

  function sortKey(text) {
    const number = parseFloat(text.replace(/,/g, ""));
    return Number.isNaN(number) ? -Infinity : number;
  }

  function tableView(name, table, place) {
    const state = { filters: [], words: "", sort: -1, down: true, all: false };
    const tools = make("div", undefined, "tools");
    const input = make("input");
    input.type = "search";
    input.placeholder = "在本表中查找";
    const chips = make("span");
    const shown = make("span", "", "note");
    tools.append(input, chips, shown);
    const scroll = make("div", undefined, "scroll");
    const element = make("table", undefined, table.columns.length > STACKED_FROM ? "stack" : "");
    const head = make("tr");
    const body = make("tbody");
    table.columns.forEach(([heading, isNumber], index) => {
      const th = make("th", heading, isNumber ? "number sortable" : "sortable");
      th.title = "点击排序";
      th.addEventListener("click", () => {
        state.down = state.sort === index ? !state.down : isNumber;
        state.sort = index;
        render();
      });
      head.append(th);
    });
    const thead = make("thead");
    thead.append(head);
    element.append(thead, body);
    scroll.append(element);
    const more = make("button", "");
    more.type = "button";
    more.addEventListener("click", () => { state.all = true; render(); });
    const foot = make("p", undefined, "tools");
    foot.append(more);
    place.append(...(table.rows.length > 8 ? [tools] : [chips]), scroll, foot);
    input.addEventListener("input", () => { state.words = input.value.trim(); render(); });

    function rows() {
      let found = table.rows;
      for (const [index, value] of state.filters) {
        found = found.filter((row) => textOf(row[index]) === value);
      }
      if (state.words) {
        found = found.filter((row) => row.some((cell) => textOf(cell).includes(state.words)));
      }
      if (state.sort >= 0) {
        const isNumber = table.columns[state.sort][1];
        const sign = state.down ? -1 : 1;
        found = found.slice().sort((a, b) => {
          const x = textOf(a[state.sort]), y = textOf(b[state.sort]);
          return sign * (isNumber ? sortKey(x) - sortKey(y) || 0 : x.localeCompare(y, "zh"));
        });
      }
      return found;
    }

    function render() {
      const found = rows();
      const visible = state.all ? found : found.slice(0, FIRST_ROWS);
      body.replaceChildren(...visible.map((row) => {
        const line = make("tr");
        line.append(...row.map((cell, index) => {
          const element = cellElement(cell, table.columns[index]);
          element.dataset.label = table.columns[index][0];
          return element;
        }));
        return line;
      }));
      const narrowed = state.filters.length || state.words;
      const cut = table.rows.length < table.total
        ? `（只在本页所列 ${table.rows.length} 条中查找，共 ${table.total} 条，完整清单：${table.full_list}）` : "";
      shown.textContent = narrowed ? `符合 ${found.length} 条${cut}` : "";
      more.hidden = visible.length >= found.length;
      more.textContent = `显示全部 ${found.length} 条`;
      chips.replaceChildren(...(state.filters.length ? [chip()] : []));
    }

    function chip() {
      const element = make("button", `只看 ${state.filters.map((f) => f[1]).join("、")}　×`, "chip");
      element.type = "button";
      element.addEventListener("click", () => { state.filters = []; render(); });
      return element;
    }

    views[name] = {
      filter(wanted) {
        state.filters = wanted
          .map(([heading, value]) => [table.columns.findIndex((c) => c[0] === heading), value])
          .filter(([index]) => index >= 0);
        render();
        document.getElementById(name).scrollIntoView({ block: "start" });
      },
    };
    render();
  }

  function follow(spec, category, series) {
    const view = views[spec.table];
    if (!view) {
      const place = document.getElementById(spec.table);
      if (place) place.scrollIntoView();
      return;
    }
    const wanted = [];
    if (spec.column && category !== undefined) wanted.push([spec.column, category]);
    if (spec.series_column && series !== undefined) wanted.push([spec.series_column, series]);
    view.filter(wanted);
  }

  const PALETTE = ["#2f7fb8", "#7fb069", "#e0a82e", "#9a7bb0", "#5fb3b3", "#b5651d", "#8a949e"];
  const number = (value) => (value == null ? "—" : value.toLocaleString("zh-CN"));

  function barOption(spec, narrow, wide) {
    const value = {
      type: "value", axisLabel: { formatter: `{value}${spec.unit === "%" ? "%" : ""}` },
      max: spec.unit === "%" ? 100 : null, minInterval: spec.unit === "%" ? 0 : 1,
      interval: spec.unit === "%" ? (narrow ? 25 : 20) : undefined, splitNumber: narrow ? 3 : 5,
    };
    const category = {
      type: "category", data: spec.categories, inverse: Boolean(spec.is_horizontal),
      axisLabel: { interval: 0, rotate: !spec.is_horizontal && narrow && spec.categories.length > 4 ? 40 : 0,
        width: spec.is_horizontal ? (narrow ? 110 : wide ? 300 : 170) : undefined, overflow: "break" },
    };
    return {
      animation: false, color: PALETTE,
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true, renderMode: "richText",
        valueFormatter: (v) => (v == null ? "—" : `${number(v)} ${spec.unit}`) },
      legend: { show: spec.series.length > 1, top: 0, type: "scroll", itemWidth: 14, itemGap: 8 },
      grid: { left: 8, right: 40, top: spec.series.length > 1 ? 48 : 20, bottom: 4, containLabel: true },
      xAxis: spec.is_horizontal ? value : category,
      yAxis: spec.is_horizontal ? category : value,
      series: spec.series.map((series) => ({
        type: "bar", name: series.name, data: series.data, stack: series.stack,
        barMaxWidth: 32, itemStyle: series.color ? { color: series.color } : {},
        label: { show: !series.stack && spec.series.length * spec.categories.length <= (narrow ? 6 : 16),
          position: spec.is_horizontal ? "right" : "top", fontSize: 11,
          formatter: (item) => (item.value == null ? "" : `${number(item.value)}${spec.unit === "%" ? "%" : ""}`) },
      })),
    };
  }

  function scatterOption(spec, narrow) {
    const axis = (name, gap) => ({
      type: "value", min: 0, max: (range) => Math.max(100, Math.ceil(range.max / 10) * 10), name,
      nameLocation: "middle", nameGap: gap,
      axisLabel: { formatter: "{value}%" }, interval: narrow ? 25 : 20,
    });
    const band = spec.band;
    const lines = band ? [
      [{ coord: [0, band] }, { coord: [100 - band, 100] }],
      [{ coord: [band, 0] }, { coord: [100, 100 - band] }],
    ] : [];
    return {
      animation: false,
      tooltip: { trigger: "item", confine: true, renderMode: "richText",
        formatter: (item) => `${item.data[2]}\n${spec.axes[0]} ${item.data[0]}%\n${spec.axes[1]} ${item.data[1]}%` },
      legend: { top: 0 },
      grid: { left: 64, right: 24, top: 36, bottom: 48 },
      xAxis: axis(spec.axes[0], 28), yAxis: axis(spec.axes[1], 42),
      series: spec.series.map((series, index) => ({
        type: "scatter", name: series.name, data: series.data, symbolSize: narrow ? 7 : 8,
        itemStyle: { color: series.color, opacity: .75 },
        markLine: index === 0 && lines.length ? {
          silent: true, symbol: "none", data: lines,
          lineStyle: { color: "#64727f", type: "dashed" }, label: { show: false },
        } : undefined,
      })),
    };
  }

  function drawChart(name, spec) {
    const place = document.getElementById(name);
    const narrow = place.clientWidth < 480;
    const lines = Number(place.dataset.rows);
    if (lines) place.style.minHeight = `${Math.max(140, lines * 36 + 70)}px`;
    const isScatter = spec.kind === "scatter";
    const chart = echarts.init(place, null, { renderer: isScatter ? "canvas" : "svg" });
    chart.setOption(isScatter ? scatterOption(spec, narrow) : barOption(spec, narrow, place.clientWidth > 900));
    chart.on("click", (event) => {
      if (isScatter) {
        if (event.data[3]) location.href = event.data[3];
      } else if (spec.hrefs) {
        location.href = spec.hrefs[event.dataIndex];
      } else {
        follow(spec, event.name, event.seriesName);
      }
    });
    window.addEventListener("resize", () => chart.resize());
  }

  // page.html#table~heading~value narrows a table to rows
  function narrow() {
    const [name, ...wanted] = location.hash.slice(1).split("~").map((text) => {
      try { return decodeURIComponent(text); } catch (error) { return text; }
    });
    if (!wanted.length || !views[name]) return;
    const pairs = [];
    for (let place = 0; place + 1 < wanted.length; place += 2) pairs.push(wanted.slice(place, place + 2));
    views[name].filter(pairs);
  }

  for (const place of document.querySelectorAll("[data-table-of]")) {
    tableView(place.dataset.tableOf, model.tables[place.dataset.tableOf], place);
  }
  for (const [name, spec] of Object.entries(model.charts)) drawChart(name, spec);
  for (const tile of document.querySelectorAll(".tile")) {
    tile.addEventListener("click", () => follow(
      { table: tile.dataset.table, column: tile.dataset.column }, tile.dataset.key,
    ));
  }
  for (const button of document.querySelectorAll(".switch button")) {
    button.addEventListener("click", () => {
      for (const other of document.querySelectorAll(`.switch [data-tiles="${button.dataset.tiles}"]`)) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      for (const group of document.querySelectorAll(`[data-tiles-of="${button.dataset.tiles}"]`)) {
        group.hidden = group.dataset.group !== button.dataset.group;
      }
    });
  }
  narrow();
  window.addEventListener("hashchange", narrow);
  document.documentElement.dataset.drawn = "yes";
})();
