// A read-out under the pointer or finger. Everything it says stands in the table behind the chart as well.
(function () {
  var source = document.getElementById("readout-data");
  var plots = document.querySelectorAll("[data-readout]");
  var line = document.querySelector(".readout");
  if (!source || !line) return;
  var data = JSON.parse(source.textContent);
  if (!data.length) return;
  function clock(s) {
    var h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, r = s % 60;
    return (h ? h + ":" + String(m).padStart(2, "0") : m) + ":" + String(r).padStart(2, "0");
  }
  function latency(s) {
    if (s === null) return "–";
    return s < 1 ? Math.round(s * 1000) + " ms" : (s < 10 ? s.toFixed(1) : Math.round(s)) + " s";
  }
  function show(share) {
    var at = share * data.length, i = 0;
    while (i + 1 < data.from.length && data.from[i + 1] <= at) i++;
    var words = ["planned", "started", "completed", "failed"].map(function (name) {
      return data[name][i].toLocaleString("en") + " " + name;
    });
    line.textContent = clock(data.from[i]) + "  ·  " + words.join("  ·  ") + "  ·  95 % within " + latency(data.p95[i]);
    plots.forEach(function (plot) {
      var cursor = plot.querySelector(".cursor");
      cursor.hidden = false;
      cursor.style.left = share * 100 + "%";
    });
  }
  plots.forEach(function (plot) {
    plot.addEventListener("pointermove", function (event) {
      var box = plot.getBoundingClientRect();
      show(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    });
  });
})();
