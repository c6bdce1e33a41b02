// What OpenCTI's RSS ingestion takes from a feed, read with the libraries that it uses, set as it sets them.
//
// node opencti.mjs: {feed, after} on standard input, where `after` is the date up to which it has had everything, or
// null at first; on standard output the items that it takes, oldest first: {title, link, text, labels, date}.
// Written from its habits, which docs/subscribe.md names; none of its code is here.

import TurndownService from "turndown";
import { parseStringPromise } from "xml2js";

const OPTIONS = { explicitArray: false, explicitCharkey: true, mergeAttrs: true, trim: true };

const list = (one) => (one === undefined ? [] : [one].flat());
const text = (element) => element?._ ?? "";
const markdown = new TurndownService();
const body = (element) => markdown.turndown(text(element)); // whatever it is, it is taken for HTML

// Two links are an array, which has no address, so that the item loses both.
const ofAtom = (entry) => ({
  title: text(entry.title),
  link: entry.link?.href ?? "",
  text: body(entry.summary),
  labels: [],
  date: text(entry.updated),
});

const ofRss = (item) => ({
  title: text(item.title),
  link: text(item.link),
  text: body(item.description),
  labels: [...new Set(list(item.category).map(text))],
  date: text(item.pubDate),
});

const { feed, after } = JSON.parse(await new Response(process.stdin).text());
const parsed = await parseStringPromise(feed, OPTIONS);
const items = parsed.feed ? list(parsed.feed.entry).map(ofAtom) : list(parsed.rss.channel.item).map(ofRss);
const taken = items
  .map((item) => ({ ...item, date: new Date(item.date) }))
  .filter((item) => item.title && !Number.isNaN(item.date.getTime()))
  .filter((item) => after === null || item.date > new Date(after))
  .sort((a, b) => a.date - b.date);
process.stdout.write(JSON.stringify(taken));
