// Bars drawn from a table of the page: rows are the bars, columns the series. Without the script the table stands alone.
(() => {
  "use strict";

  const yuan = (fen) => (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const short = (fen) => (Math.abs(fen) >= 1e6 ? `${(fen / 1e6).toLocaleString("zh-CN")}万` : (fen / 100).toLocaleString("zh-CN"));

  function read(table, codes) {
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows];
    return {
      names: rows.map((row) => row.cells[0].textContent.trim()),
      series: codes.map((code) => {
        const place = heads.findIndex((head) => head.dataset.code === code);
        return { name: heads[place].textContent.trim(), data: rows.map((row) => Number(row.cells[place].dataset.fen)) };
      }),
    };
  }

  function draw(box) {
    const table = document.getElementById(box.dataset.chartOf);
    if (!table || !window.echarts) return;
    const { names, series } = read(table, box.dataset.series.split(" "));
    const style = getComputedStyle(document.documentElement);
    const colours = ["--chart-1", "--chart-2", "--chart-3", "--chart-4"].map(
      (name, place) => style.getPropertyValue(name).trim() || ["#5b8ff9", "#1a4f9c", "#2f8f5b", "#b7791f"][place],
    );
    const used = series.length === 2 ? colours.slice(2) : colours;
    box.hidden = false;
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `${table.caption.textContent.trim()}的柱形图，数据见下表`);
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption({
      animation: false,
      color: used,
      grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0 },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, valueFormatter: (fen) => `${yuan(fen)} 元` },
      xAxis: { type: "value", axisLabel: { formatter: short, hideOverlap: true } },
      yAxis: { type: "category", inverse: true, data: names, axisLabel: { width: 140, overflow: "truncate" } },
      series: series.map((one) => ({ ...one, type: "bar", stack: "stacked" in box.dataset ? "sum" : undefined, barMaxWidth: 22 })),
    });
    box.style.height = `${Math.max(160, 80 + names.length * ("stacked" in box.dataset ? 34 : 14 * series.length + 16))}px`;
    chart.resize();
    new ResizeObserver(() => chart.resize()).observe(box);
  }

  document.querySelectorAll(".chart[data-chart-of]").forEach(draw);
})();
