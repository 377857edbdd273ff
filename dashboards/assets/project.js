"use strict";
// One page for every project: project.html?b=<bureau>&y=<fiscal year>#<project code>.
(function () {
  const query = new URLSearchParams(location.search);
  const bureau = query.get("b") || "";
  const state = { year: query.get("y") || "", code: "", index: null };

  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function say(text) {
    document.getElementById("lead").textContent = text;
    document.documentElement.dataset.drawn = "yes";
  }

  function load(name) {
    const script = document.createElement("script");
    script.src = `data/${name}.js`;
    script.addEventListener("error", () => say("没有这个财政局的项目数据。"));
    document.head.append(script);
  }

  function link(text, href) {
    const element = make("a", text);
    element.href = href;
    return element;
  }

  function hrefOf(year) {
    return `project.html?b=${encodeURIComponent(bureau)}&y=${year}#${encodeURIComponent(state.code)}`;
  }

  // 「来源」 is a file, its sheet and row: the file's name leads to its hash
  const SOURCE = /^(.+?)((?: 〔.*〕)?(?: 第 \d+ 行)?)$/s;
  function sourceOnto(element, text) {
    if (!text || text === "—") { element.append(text || ""); return element; }
    const [, file, rest] = text.match(SOURCE) || [null, text, ""];
    element.append(
      link(file, `files.html#files~${encodeURIComponent("文件")}~${encodeURIComponent(file)}`), rest,
    );
    return element;
  }
  const sourceCell = (text) => sourceOnto(make("td", undefined, "long"), text);

  function panel(title, ...content) {
    const element = make("section", undefined, "panel");
    element.append(make("h2", title), ...content);
    return element;
  }

  function table(headings, rows) {
    const scroll = make("div", undefined, "scroll");
    const element = make("table", undefined, "stack");
    const head = make("tr");
    head.append(...headings.map((text) => make("th", text)));
    const thead = make("thead");
    thead.append(head);
    const body = make("tbody");
    body.append(...rows.map((cells) => {
      const line = make("tr");
      line.append(...cells.map((cell, place) => {
        const element = cell instanceof Node ? cell
          : make("td", cell, cell.length > 18 ? "long" : cell.length <= 12 ? "short" : "");
        element.dataset.label = headings[place];
        return element;
      }));
      return line;
    }));
    element.append(thead, body);
    scroll.append(element);
    return scroll;
  }

  function stagePanel(stages) {
    const names = [];
    for (const stage of stages) {
      for (const name of Object.keys(stage.values)) if (!names.includes(name)) names.push(name);
    }
    const rows = names.map((name) => [name, ...stages.map((stage) => stage.values[name] || "")]);
    rows.push(["来源（文件〔表〕行）", ...stages.map((stage) => sourceCell(stage.source))]);
    return panel("目标、监控、自评对照", table(["", ...stages.map((stage) => stage.title)], rows));
  }

  const sourceOf = (files, line) =>
    `${files[line[6]] || ""}${line[7] == null ? "" : ` 第 ${line[7]} 行`}`;

  function lineCell(files, line) {
    const cell = make("td", undefined, "long");
    if (!line) return cell;
    const [target, actual, completion, score, weight, reason, fileNo, row] = line;
    cell.append(make("div", actual ? `完成值 ${actual}` : `指标值 ${target || "—"}`));
    if (actual && target) cell.append(make("small", `指标值 ${target}`));
    const notes = [];
    if (completion) notes.push(`完成率 ${completion}`);
    if (weight) notes.push(`分值 ${weight}`);
    if (score) notes.push(`得分 ${score}`);
    if (reason) notes.push(`无法判断：${reason}`);
    if (notes.length) cell.append(make("small", notes.join("　")));
    cell.append(sourceOnto(make("small"), sourceOf(files, line)));
    return cell;
  }

  function indicatorPanel(record) {
    const keys = record.stages.map((stage) => stage.key);
    const rows = record.indicators.map((line) => [
      line.name[0], line.name[1], line.name[2], ...keys.map((key) => lineCell(record.files, line.at[key])),
    ]);
    return panel(
      "绩效指标",
      table(["一级", "二级", "三级指标", ...record.stages.map((stage) => stage.title)], rows),
    );
  }

  function show(record) {
    document.getElementById("name").textContent = record.name;
    document.title = `${record.name} · 绩效`;
    const links = [link(state.index.name, `bureau-${encodeURIComponent(bureau)}.html`)];
    for (const year of record.years) {
      if (String(year) !== state.year) links.push(link(`${year} 预算年度`, hrefOf(year)));
    }
    document.getElementById("links").replaceChildren(...links);
    const head = make("dl", undefined, "head");
    for (const stage of record.stages) {
      const line = record.indicators.map((indicator) => indicator.at[stage.key]).find(Boolean);
      if (!stage.source && line) stage.source = sourceOf(record.files, line);
    }
    for (const [name, value] of record.head) {
      head.append(make("dt", name), name.startsWith("来源") ? sourceOnto(make("dd"), value) : make("dd", value));
    }
    const empty = () => make("p", "没有记录。", "empty");
    document.getElementById("project").replaceChildren(
      panel("项目", head),
      record.stages.length ? stagePanel(record.stages) : panel("目标、监控、自评对照", empty()),
      panel("表间不一致", record.checks.length
        ? table(["检查", "内容", "环节", "填报值", "应为", "结论", "来源", "对照来源"], record.checks.map((row) => row.map(
          (text, place) => (place >= 6 ? sourceCell(text) : text))))
        : empty()),
      panel("数据问题", record.findings.length
        ? table(["级别", "规则", "说明", "改法", "填报值", "应为", "来源", "单元格"], record.findings.map((row) => row.map(
          (text, place) => (place === 6 ? sourceCell(text) : text))))
        : empty()),
      record.indicators.length ? indicatorPanel(record) : panel("绩效指标", empty()),
    );
    say(`${state.year} 预算年度`);
  }

  function open() {
    try {
      state.code = decodeURIComponent(location.hash.slice(1));
    } catch (error) {
      state.code = location.hash.slice(1);
    }
    const keys = Object.keys(state.index.parts);
    const key = `${state.year}|${state.code}`;
    const found = Object.hasOwn(state.index.parts, key)
      ? key : keys.filter((other) => other.slice(other.indexOf("|") + 1) === state.code).pop();
    if (!found) {
      document.getElementById("links").replaceChildren(
        link(state.index.name, `bureau-${encodeURIComponent(bureau)}.html`),
      );
      say("项目清单中没有这个项目编码。");
      return;
    }
    state.year = found.slice(0, found.indexOf("|"));
    state.key = found;
    load(`${bureau}-${state.index.parts[found]}`);
  }

  window.jixiaoIndex = (code, index) => {
    if (code !== bureau) return;
    state.index = index;
    open();
  };
  window.jixiaoPart = (name, records) => { if (records[state.key]) show(records[state.key]); };
  window.addEventListener("hashchange", () => { if (state.index) open(); });
  if (/^[0-9A-Za-z-]{1,20}$/.test(bureau)) load(bureau);
  else say("网址中没有财政局代码，请从财政局页面打开项目。");
})();
