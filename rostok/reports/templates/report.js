"use strict";
// Search, filters, order and printing. Without this script the page is complete: the list stands in its order.
(function () {
  var byId = function (id) { return document.getElementById(id); };
  var tools = byId("tools"), list = byId("list"), found = byId("found");
  if (!tools || !list) return;
  var places = Array.prototype.slice.call(list.querySelectorAll("details.place"));
  var flat = document.createElement("div");
  flat.className = "members flat";
  flat.hidden = true;
  list.appendChild(flat);
  var plain = function (text) { return text.toLowerCase().replace(/ё/g, "е").replace(/\s+/g, " "); };
  var schools = [];
  places.forEach(function (place) {
    var name = place.querySelector("h3").textContent;
    place.wasOpen = place.open;
    place.querySelectorAll(".s").forEach(function (node) {
      var title = node.querySelector(".name").textContent;
      schools.push({
        node: node, place: place, home: node.parentNode, name: title, kind: node.dataset.k,
        verdict: node.dataset.v, firmness: node.dataset.f, size: +node.dataset.n,
        words: plain([title, node.dataset.id, node.dataset.k, name].join(" "))
      });
    });
  });
  var value = function (id) { var field = byId(id); return field ? field.value : ""; };
  var compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  var orders = {
    name: function (a, b) { return compare(a.name, b.name); },
    kind: function (a, b) { return compare(a.kind, b.kind) || compare(a.name, b.name); },
    size: function (a, b) { return a.size - b.size || compare(a.name, b.name); }
  };
  var fill = function (text, values) {
    return text.replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  };

  function arrange() {
    var order = orders[value("order")];
    flat.hidden = !order;
    (order ? schools.slice().sort(order) : schools).forEach(function (school) {
      (order ? flat : school.home).appendChild(school.node);
    });
  }

  function choose() {
    var asked = plain(value("find")).split(" ").filter(Boolean);
    var place = value("place"), verdict = value("verdict"), firmness = value("firmness"), kind = value("kind");
    var narrowed = asked.length || place || verdict || firmness || kind;
    var shown = 0, counts = new Map();
    schools.forEach(function (school) {
      var fits = (!place || school.place.id === place) && (!verdict || school.verdict === verdict) &&
        (!firmness || school.firmness === firmness) && (!kind || school.kind === kind) &&
        asked.every(function (word) { return school.words.indexOf(word) >= 0; });
      school.node.hidden = !fits;
      if (fits) { shown += 1; counts.set(school.place, true); }
    });
    var sorted = !flat.hidden;
    places.forEach(function (one) {
      one.hidden = sorted || !counts.has(one);
      one.open = narrowed ? true : one.wasOpen;
    });
    var message = shown === schools.length ? found.dataset.all : shown ? found.dataset.some : found.dataset.none;
    found.textContent = fill(message, { shown: shown, total: schools.length });
    label();
  }

  function visible() {
    return schools.filter(function (school) { return !school.node.hidden && school.node.open !== undefined; });
  }
  function allOpen() {
    var cards = visible();
    return cards.length > 0 && cards.every(function (school) { return school.node.open; });
  }
  function label() {
    if (byId("open")) byId("open").textContent = allOpen() ? list.dataset.close : list.dataset.open;
  }

  // Opening a municipality by hand is remembered, opening it for a search is not.
  places.forEach(function (place) {
    place.querySelector("summary").addEventListener("click", function () { place.wasOpen = !place.open; });
  });
  tools.addEventListener("submit", function (event) { event.preventDefault(); });
  tools.addEventListener("input", function (event) { if (event.target.id === "order") arrange(); choose(); });
  tools.addEventListener("reset", function () { setTimeout(function () { arrange(); choose(); byId("find").focus(); }); });
  if (byId("open")) byId("open").addEventListener("click", function () {
    var open = !allOpen();
    visible().forEach(function (school) { school.node.open = open; if (open) school.place.open = school.place.wasOpen = true; });
    label();
  });
  // A region on paper is five hundred sheets: closed cards of many schools are printed only when asked for.
  var asked = false, MANY = 40;
  byId("print").addEventListener("click", function () { asked = true; window.print(); asked = false; });

  var opened = [];
  window.addEventListener("beforeprint", function () {
    var brief = !asked && visible().length > MANY;
    document.documentElement.classList.toggle("brief", brief);
    opened = Array.prototype.filter.call(document.querySelectorAll("details"), function (one) {
      return !one.open && !(brief && one.classList.contains("s"));
    });
    opened.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (one) { one.open = false; }); });

  byId("filters").open = window.innerWidth > 760;
  tools.hidden = false;
  choose();
})();
