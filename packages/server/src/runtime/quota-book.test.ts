import { unlimited } from "@crossfoot/kernel";
import { describe, expect, it } from "vitest";
import { ToldBook } from "./quota-book.ts";

const limits = { ...unlimited, reserve: 0 };
const told = { name: "second", limit: 10, remaining: 3, resetMs: 800 };

describe("what a system told this worker", () => {
  it("shuts the door when what is left is under way or made, until the limit starts afresh", () => {
    const book = new ToldBook(limits);
    book.note(told, { sentAt: 0, now: 10, underWay: 1 });
    expect(book.openFrom(10)).toBe(10);
    book.spend();
    book.spend();
    expect(book.openFrom(20)).toBe(810);
    expect(book.openFrom(810)).toBe(810);
  });

  it("is forgotten for what the next window's answers tell, however short the windows are", () => {
    const book = new ToldBook(limits);
    for (let window = 0; window < 20; window += 1) {
      const now = window * 1_000;
      book.spend();
      book.note({ ...told, remaining: 9 }, { sentAt: now, now: now + 10, underWay: 0 });
      expect(book.openFrom(now + 10)).toBe(now + 10);
    }
  });

  it("an answer that was overtaken says nothing any more", () => {
    const book = new ToldBook(limits);
    book.note({ ...told, remaining: 1 }, { sentAt: 5, now: 10, underWay: 0 });
    book.note({ ...told, remaining: 9 }, { sentAt: 2, now: 11, underWay: 0 });
    book.spend();
    expect(book.openFrom(12)).toBe(810);
  });

  it("a reserve is kept back of what is left", () => {
    const book = new ToldBook({ ...limits, reserve: 0.2 });
    book.note(told, { sentAt: 0, now: 10, underWay: 0 });
    expect(book.openFrom(10)).toBe(10);
    book.spend();
    expect(book.openFrom(10)).toBe(810);
  });

  it("goes to the store once, also that a limit has started afresh since", () => {
    const book = new ToldBook(limits);
    book.note({ ...told, resetMs: -20 }, { sentAt: 0, now: 30, underWay: 0 });
    const { told: news, sent } = book.report(40);
    expect(news).toEqual([{ name: "second", limit: 10, left: 3, resetMs: -30, agoMs: 40 }]);
    expect(book.openFrom(30)).toBe(30);
    sent();
    expect([book.hasNews, book.report(50).told]).toEqual([false, []]);
  });
});
