import { expect, test } from "vitest";
import { html } from "./html.ts";

test("escapes what is dangerous in text and in quoted attributes", () => {
  expect(html`<b title="${`"'`}">${"<i> & </i>"}</b>`.text).toBe(
    '<b title="&quot;&#39;">&lt;i&gt; &amp; &lt;/i&gt;</b>',
  );
});

test("puts markup and lists of it in as they are, once escaped", () => {
  const items = ["a", "<"].map((name) => html`<li>${name}</li>`);
  expect(html`<ul>${items}</ul>`.text).toBe("<ul><li>a</li><li>&lt;</li></ul>");
});

test("writes numbers, and nothing for undefined", () => {
  expect(html`<p>${0}${undefined}</p>`.text).toBe("<p>0</p>");
});
