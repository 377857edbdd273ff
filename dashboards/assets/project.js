"use strict";
// One page for every project: project.html?b=<bureau>&y=<fiscal year>#<project code>; without a
// code it lists all projects of the bureau.
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

  // Data come deflated: a browser reads nothing but scripts from a disk, and the library unpacks
  // them in browsers too old to do it themselves.
  function unpack(letters) {
    const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(fflate.unzlibSync(bytes)));
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
  const FOLDER = /^.*(\/|\.(zip|rar|7z)!)/is; // shown without it; the whole name is the title
  function sourceOnto(element, text) {
    if (!text || text === "—") { element.append(text || ""); return element; }
    const [, file, rest] = text.match(SOURCE) || [null, text, ""];
    const target = `files.html#files~${encodeURIComponent("文件")}~${encodeURIComponent(file)}`;
    const name = link(file.replace(FOLDER, ""), target);
    name.title = file;
    element.append(name, rest);
    return element;
  }
  const sourceCell = (text) => sourceOnto(make("td", undefined, "long"), text);

  function panel(title, ...content) {
    const element = make("section", undefined, "panel");
    element.append(make("h2", title), ...content);
    return element;
  }

  const widthClass = (text) => (text.length > 18 ? "long" : text.length <= 12 ? "short" : "");

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
        const element = cell instanceof Node ? cell : make("td", cell, widthClass(cell));
        element.dataset.label = headings[place];
        return element;
      }));
      return line;
    }));
    element.append(thead, body);
    scroll.append(element);
    return scroll;
  }

  // Figures come as whole numbers (yuan in cents, rates and scores in hundredths), so that
  // rounding is exact; they are written as on all other pages.
  function hundredth(number) {
    const size = Math.abs(number);
    const whole = String(Math.floor(size / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${number < 0 ? "-" : ""}${whole}.${String(size % 100).padStart(2, "0")}`;
  }

  function rounded(number, unit) {
    return Math.sign(number) * Math.floor((Math.abs(number) + unit / 2) / unit) || 0;
  }

  function money(cents) {
    const isLarge = Math.abs(cents) >= 1e10;
    return `${hundredth(rounded(cents, isLarge ? 1e8 : 1e4))} ${isLarge ? "亿元" : "万元"}`;
  }

  const NONE = "—";
  const WRITERS = {
    money, score: hundredth, rate: (number) => `${hundredth(number)}%`, text: String,
    yes: (flag) => (flag ? "是" : "否"),
  };
  const write = (kind, value) => (value == null || value === "" ? NONE : WRITERS[kind](value));

  function labelOf(set, codes) {
    if (codes == null) return "";
    return String(codes).replaceAll("|", ",").split(",").filter(Boolean)
      .map((code) => state.labels[set][code.trim()] || code.trim()).join("、");
  }

  // A row of a record by column names, and the table it is from.
  function named(kind, row) {
    const found = { of: kind };
    state.columns[kind].columns.forEach((name, place) => { found[name] = row[place]; });
    return found;
  }

  function sourceOf(file, sheet, row) {
    if (!file) return "";
    return `${file}${sheet ? ` 〔${sheet}〕` : ""}${row == null ? "" : ` 第 ${row} 行`}`;
  }

  const rowSource = (row, prefix = "_source_") => sourceOf(
    row[`${prefix}file`], row[`${prefix}sheet`], row[`${prefix}row`],
  );

  // A figure says which column of which table it is, and of which row beyond the project itself.
  function figure(tag, kind, row, column, key, before = "") {
    const element = make(tag, before + write(kind, row[column]));
    element.dataset.figure = `${state.columns[row.of].mart}.${column}`;
    element.dataset.kind = kind;
    if (key) element.dataset.key = key;
    element.title = element.dataset.figure;
    return element;
  }

  const ROUND = "一二三四五六七八九十";
  const RANK = { goal: 0, monitoring: 1, self_evaluation: 2 };

  function stageTitle(stage) {
    const [kind, number] = stage.split(" ");
    const name = labelOf("stage", kind);
    if (number === "0") return name;
    const ordinal = ROUND[Number(number) - 1] || number;
    return kind === "monitoring" ? `第${ordinal}次监控` : `${name}第${ordinal}次`;
  }

  const MONEY = [["预算数", "money", "budget_cny"], ["执行数", "money", "executed_cny"],
    ["执行率", "rate", "execution_rate"]];
  const MEASURES = {
    monitoring: [...MONEY, ["绩效目标完成率", "rate", "goal_completion_rate"],
      ["偏离度", "rate", "gap"], ["偏离阈值", "rate", "gap_threshold"]],
    self_evaluation: [...MONEY, ["申报得分", "score", "declared_score"],
      ["复算得分", "score", "recomputed_score"], ["得分差异", "score", "score_difference"]],
  };

  // One column per stage and round: what is known of it, by heading.
  function stagesOf(record) {
    const stages = new Map();
    const stage = (kind, number) => {
      const key = `${kind} ${number || 0}`;
      if (!stages.has(key)) stages.set(key, { key, title: stageTitle(key), values: {}, source: "" });
      return stages.get(key);
    };
    const project = named("project", record.project);
    if (project.has_goal) {
      stage("goal").values = {
        状态: "已编", 预算数: figure("td", "money", project, "goal_amount_cny"),
      };
    }
    for (const kind of ["monitoring", "self_evaluation"]) {
      for (const line of record[kind]) {
        const row = named(kind, line);
        const found = stage(kind, row.round_no);
        found.source = rowSource(row);
        found.values = { 状态: kind === "monitoring" ? "已监控" : "已自评" };
        for (const [heading, writer, column] of MEASURES[kind]) {
          found.values[heading] = figure("td", writer, row, column, row.round_no || "");
        }
        found.values["等次"] = kind === "monitoring" ? "" : row.grade_name || NONE;
        found.values["灯"] = labelOf("light", row.light) || (kind === "monitoring" ? "无法判断" : NONE);
        found.values["触发原因"] = kind === "monitoring" ? labelOf("trigger", row.triggers) || NONE : "";
        found.values["结论"] = labelOf("verdict", row.verdict);
        found.values["不能判断的原因"] = labelOf("cannot_judge_reason", row.cannot_judge_reason) || NONE;
      }
    }
    for (const line of record.missing) {
      const row = named("missing", line);
      const found = stage(row.stage, row.round_no);
      found.values["状态"] = found.values["状态"] || `缺：${labelOf("missing_reason", row.reason)}`;
      found.source = found.source || row.found_in_file || NONE;
    }
    for (const [key, file, sheet, , lines] of sheetsOf(record)) {
      const [kind, number] = key.split(" ");
      const found = stage(kind, Number(number));
      found.source = found.source || sourceOf(file, sheet, lines[0][9]);
    }
    const order = (key) => [RANK[key.split(" ")[0]] ?? 9, Number(key.split(" ")[1])];
    return [...stages.values()].sort((a, b) => {
      const [x, y] = [order(a.key), order(b.key)];
      return x[0] - y[0] || x[1] - y[1];
    });
  }

  function stagePanel(stages) {
    const names = [];
    for (const stage of stages) {
      for (const [name, value] of Object.entries(stage.values)) {
        if (value !== "" && !names.includes(name)) names.push(name);
      }
    }
    const rows = names.map((name) => [name, ...stages.map((stage) => stage.values[name] || "")]);
    rows.push(["来源（文件〔表〕行）", ...stages.map((stage) => sourceCell(stage.source))]);
    return panel("目标、监控、自评对照", table(["", ...stages.map((stage) => stage.title)], rows));
  }

  const sheetsOf = (record) => record.indicators.map(([head, lines]) => [...head, null, lines]);

  // Lines of the same name in different stages stand side by side, in the order they first come.
  function indicatorRows(record) {
    const rows = new Map();
    for (const [stage, file, sheet, , lines] of sheetsOf(record)) {
      const seen = new Map();
      for (const line of lines) {
        const name = JSON.stringify(line.slice(0, 3));
        seen.set(name, (seen.get(name) || 0) + 1);
        let place = `${name} ${seen.get(name)}`;
        while (rows.get(place)?.at[stage]) place += "+";
        if (!rows.has(place)) rows.set(place, { name: line.slice(0, 3), at: {} });
        rows.get(place).at[stage] = { ...named("indicators", line), file, sheet };
      }
    }
    return [...rows.values()];
  }

  function lineCell(line, stage) {
    const cell = make("td", undefined, "long");
    if (!line) return cell;
    const key = `${stage} ${line._source_row}`;
    const { target_text: target, actual_text: actual } = line;
    cell.append(actual ? figure("div", "text", line, "actual_text", key, "完成值 ")
      : figure("div", "text", line, "target_text", key, "指标值 "));
    if (actual && target) cell.append(figure("small", "text", line, "target_text", key, "指标值 "));
    const notes = make("small");
    for (const [kind, column, before] of [["rate", "completion_rate", "完成率 "],
      ["score", "weight", "分值 "], ["score", "declared_score", "得分 "]]) {
      if (line[column] == null) continue;
      if (notes.childNodes.length) notes.append("　");
      notes.append(figure("span", kind, line, column, key, before));
    }
    if (line.cannot_judge_reason && line.cannot_judge_reason !== "goal_stage") {
      notes.append(`　无法判断：${labelOf("cannot_judge_reason", line.cannot_judge_reason)}`);
    }
    if (notes.childNodes.length) cell.append(notes);
    cell.append(sourceOnto(make("small"), sourceOf(line.file, line.sheet, line._source_row)));
    return cell;
  }

  function indicatorPanel(record, stages) {
    const rows = indicatorRows(record).map((row) => [
      ...row.name.map((level) => level || NONE),
      ...stages.map((stage) => lineCell(row.at[stage.key], stage.key)),
    ]);
    return panel(
      "绩效指标",
      table(["一级", "二级", "三级指标", ...stages.map((stage) => stage.title)], rows),
    );
  }

  function headPanel(project) {
    const head = make("dl", undefined, "head");
    const tags = [["is_new", "新增"], ["is_direct_fund", "直达资金"], ["is_poverty_relief", "扶贫"],
      ["is_transfer", "转移支付"], ["is_confidential", "涉密"]]
      .filter(([column]) => project[column]).map(([, name]) => name);
    const texts = [
      ["项目编码", state.code], ["预算年度", state.year], ["单位", write("text", project.unit_name)],
      ["主管部门", write("text", project.department_name)],
      ["资金性质", labelOf("fund_type", project.fund_type)], ["标签", tags.join("、") || NONE],
      ["年初预算", figure("dd", "money", project, "initial_budget_cny")],
      ["年度预算", figure("dd", "money", project, "annual_budget_cny")],
      ["在项目清单中", write("yes", project.is_registered)],
      ["来源", sourceOnto(make("dd"), rowSource(project) || NONE)],
    ];
    for (const [name, value] of texts) {
      head.append(make("dt", name), value instanceof Node ? value : make("dd", value));
    }
    return panel("项目", head);
  }

  function quoted(row, column) {
    const cell = figure("td", "text", row, column);
    cell.className = widthClass(cell.textContent);
    return cell;
  }

  function checkRow(line) {
    const row = named("checks", line);
    return [
      labelOf("check_code", row.check_code), labelOf("consistency_subject", row.subject),
      [row.earlier_stage, row.later_stage].filter(Boolean)
        .map((stage) => labelOf("stage_name", stage)).join(" → "),
      quoted(row, "value_found"), quoted(row, "value_expected"),
      labelOf("verdict", row.verdict),
      sourceCell(rowSource(row)), sourceCell(rowSource(row, "expected_source_")),
    ];
  }

  function findingRow(line) {
    const row = named("findings", line);
    return [
      labelOf("severity", row.severity), row.rule_id, write("text", row.message_zh),
      write("text", row.how_to_fix_zh), quoted(row, "value_found"),
      quoted(row, "value_expected"), sourceCell(rowSource(row)), write("text", row.source_cell),
    ];
  }

  function show(record) {
    const project = named("project", record.project);
    const name = project.project_name || state.code;
    document.getElementById("name").textContent = name;
    document.title = `${name} · 绩效`;
    const links = [link(state.index.name, `bureau-${encodeURIComponent(bureau)}.html`)];
    for (const key of state.index.parts.flat()) {
      const year = key.slice(0, key.indexOf("|"));
      if (key.slice(year.length + 1) === state.code && year !== state.year) {
        links.push(link(`${year} 预算年度`, hrefOf(year)));
      }
    }
    document.getElementById("links").replaceChildren(...links);
    const stages = stagesOf(record);
    const empty = () => make("p", "没有记录。", "empty");
    const cut = record.findings.length < record.finding_count
      ? [make("p", `共 ${record.finding_count} 条，列前 ${record.findings.length} 条；`
        + "完整清单：quality.fct_finding", "note")] : [];
    document.getElementById("project").replaceChildren(
      headPanel(project),
      stages.length ? stagePanel(stages) : panel("目标、监控、自评对照", empty()),
      panel("表间不一致", record.checks.length
        ? table(["检查", "内容", "环节", "填报值", "应为", "结论", "来源", "对照来源"],
          record.checks.map(checkRow))
        : empty()),
      panel("数据问题", ...cut, record.findings.length
        ? table(["级别", "规则", "说明", "改法", "填报值", "应为", "来源", "单元格"],
          record.findings.map(findingRow))
        : empty()),
      record.indicators.length ? indicatorPanel(record, stages) : panel("绩效指标", empty()),
    );
    say(`${state.year} 预算年度`);
  }

  function open() {
    try {
      state.code = decodeURIComponent(location.hash.slice(1));
    } catch (error) {
      state.code = location.hash.slice(1);
    }
    const keys = state.index.parts.flat();
    const key = `${state.year}|${state.code}`;
    const found = keys.includes(key)
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
    load(`${bureau}-${state.index.parts.findIndex((part) => part.includes(found))}`);
  }

  const LISTED = 200;

  // All projects of the bureau, by what is typed.
  function list(name, projects) {
    const title = `${name}全部项目`;
    document.getElementById("name").textContent = title;
    document.title = `${title} · 绩效`;
    document.getElementById("links").replaceChildren(
      link(name, `bureau-${encodeURIComponent(bureau)}.html`),
    );
    const input = make("input");
    input.type = "search";
    input.placeholder = "按项目、编码、单位查找";
    const shown = make("span", "", "note");
    const tools = make("div", undefined, "tools");
    tools.append(input, shown);
    const place = make("div");
    const draw = () => {
      const words = input.value.trim().split(/\s+/);
      const found = projects.filter((row) => {
        const text = row.join("\n");
        return words.every((word) => text.includes(word));
      });
      shown.textContent = `符合 ${found.length} 个`
        + (found.length > LISTED ? `，列前 ${LISTED} 个，请再输入几个字` : "");
      place.replaceChildren(found.length ? table(
        ["预算年度", "单位", "项目", "项目编码"],
        found.slice(0, LISTED).map(([year, code, project, unit]) => {
          const cell = make("td", undefined, widthClass(project || code));
          cell.append(link(
            project || code,
            `project.html?b=${encodeURIComponent(bureau)}&y=${year}#${encodeURIComponent(code)}`,
          ));
          return [String(year), write("text", unit), cell, code];
        }),
      ) : make("p", "没有符合的项目。", "empty"));
    };
    input.addEventListener("input", draw);
    draw();
    document.getElementById("project").replaceChildren(panel("项目", tools, place));
    say(`共 ${projects.length} 个项目，每个预算年度各算一个。`);
  }

  window.jixiaoNames = (code, letters) => {
    if (code !== bureau) return;
    const { name, projects } = unpack(letters);
    list(name, projects);
  };

  // Labels and index are asked for together; the page goes on when both are there.
  window.jixiaoLabels = (labels, columns) => {
    Object.assign(state, { labels, columns });
    if (state.index) open();
  };
  window.jixiaoIndex = (code, letters) => {
    if (code !== bureau) return;
    state.index = unpack(letters);
    if (state.labels) open();
  };
  window.jixiaoPart = (name, letters) => {
    const records = unpack(letters);
    if (Object.hasOwn(records, state.key)) show(records[state.key]);
  };
  window.addEventListener("hashchange", () => {
    if (state.index && state.labels && location.hash.length > 1) open(); else location.reload();
  });
  if (/^[0-9A-Za-z-]{1,20}$/.test(bureau) && location.hash.length < 2) {
    load(`${bureau}-names`);
  } else if (/^[0-9A-Za-z-]{1,20}$/.test(bureau)) {
    load("labels");
    load(bureau);
  } else say("网址中没有财政局代码，请从财政局页面打开项目。");
})();
