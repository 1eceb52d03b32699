"""Writes without a language model: facts in varied, grammatical clauses, and lines that state nothing between them.

The same sheet, channel and seed give the same text.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.marketing.channels import Channel
from app.marketing.phrases import Phrases
from app.marketing.sheet import Attribute, Sheet

_CLAUSES = 3
"""Most of them in a sentence."""
WITH_BODY = frozenset({"detail", "note", "email"})
"""Channels with room for sentences."""
_FRONT = frozenset({"style", "colour", "pattern", "material"})
"""Kinds that a text may begin with."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, and what there was no room for."""

    text: str
    unused: tuple[str, ...] = ()


class TemplateWriter:
    """Writes for every channel."""

    def __init__(self, *, sender: str = "", phrases: Phrases | None = None) -> None:
        """`sender` signs messages; "" takes the brand, else "our shop"."""
        self._sender, self._phrases = sender, phrases or Phrases.shipped()
        self._writers: dict[str, Callable[[_Job], Draft]] = {
            "title": _title,
            "detail": _detail,
            "note": _note,
            "sms": _sms,
            "push": _push,
            "email": _email,
            "listing_en": _listing,
        }

    def write(
        self, sheet: Sheet, channel: Channel, *, audience: str = "", seed: int = 0, body: Sequence[str] = ()
    ) -> Draft:
        """One text within the channel's limits.

        `body` are sentences that were written elsewhere, for channels in `WITH_BODY`: they come first, and attributes
        that they do not name are added.
        """
        sender = self._sender or sheet.brand or self._phrases.line(sheet.language, "sender")
        job = _Job(sheet, channel, self._phrases, random.Random(seed), audience, sender, tuple(body))
        return self._writers[channel.name](job)


class _Job:
    """One text in the making."""

    def __init__(
        self,
        sheet: Sheet,
        channel: Channel,
        phrases: Phrases,
        draw: random.Random,
        audience: str,
        sender: str,
        written: tuple[str, ...],
    ) -> None:
        self.sheet, self.channel, self.phrases, self.draw = sheet, channel, phrases, draw
        self.audience, self.sender, self.written = audience, sender, written
        self.language = sheet.language
        self.attributes = _varied(sheet.attributes, draw)

    @property
    def is_zh(self) -> bool:
        return self.language == "zh"

    @property
    def subject(self) -> str:
        """What a first sentence begins with."""
        if self.sheet.has_name:
            return f"{self.sheet.noun}，" if self.is_zh else self.sheet.noun
        if self.is_zh:
            return f"这{self.draw.choice([self.sheet.measure, '款'])}{self.sheet.noun}"
        return f"This pair of {self.sheet.noun}" if _is_plural(self.sheet.noun) else f"This {self.sheet.noun}"

    @property
    def this(self) -> str:
        """The product within a sentence."""
        if self.sheet.has_name:
            return self.sheet.noun
        if self.is_zh:
            return f"这款{self.sheet.noun}"
        return f"{'these' if _is_plural(self.sheet.noun) else 'this'} {self.sheet.noun}"

    def filled(self, phrase: str, **values: str) -> str:
        """A phrase with its places filled."""
        sheet = self.sheet
        return phrase.format(noun=sheet.noun, this=self.this, sender=self.sender, audience=self.audience, **values)

    def line(self, *place: str, **values: str) -> str:
        """One of the phrases at a place, filled in."""
        return self.filled(self.draw.choice(self.phrases.lines(self.language, *place)), **values)

    def clause(self, item: Attribute, used: set[str]) -> str:
        """A predicate that says the values of an attribute, begun unlike those in `used` where there is a choice."""
        kind = "garment_material" if item.kind == "material" and self.sheet.is_garment and self.is_zh else item.kind
        choices = self.phrases.clauses(self.language, kind)
        fresh = [choice for choice in choices if choice[:2] not in used] or choices
        chosen = self.draw.choice(fresh)
        used.add(chosen[:2])
        gap = _gap(item.name) if "{n}{v}" in chosen else ""
        return chosen.format(v=self._joined(item), n=item.name + gap)

    def _joined(self, item: Attribute) -> str:
        if not self.is_zh:
            *front, last = item.values
            return f"{', '.join(front)} and {last}" if front else last
        joint = self.draw.choice(["、", "与"]) if len(item.values) == 2 else "、"
        return _as_style(joint.join(item.values)) if item.kind == "style" else joint.join(item.values)

    def short(self, item: Attribute) -> str:
        """An attribute where there is little room."""
        joined = ("、" if self.is_zh else ", ").join(item.values)
        if item.kind in ("other", "origin", "season"):
            return f"{item.name}{_gap(item.name)}{joined}"
        return joined

    def sentences(self) -> list[str]:
        """All attributes, in sentences; the first begins with the subject. Those written elsewhere go before."""
        written = "\n".join(self.written)
        items = [item for item in self.attributes if not all(value in written for value in item.values)]
        if not items:
            return list(self.written)
        return [*self.written, *(self._sentences_zh(items) if self.is_zh else self._sentences_en(items))]

    def _sentences_zh(self, items: Sequence[Attribute]) -> list[str]:
        made: list[str] = []
        leads = [*self.phrases.lines("zh", "leads")]
        self.draw.shuffle(leads)
        at, used = 0, set[str]()
        while at < len(items):
            size = self.draw.randint(2, _CLAUSES)
            size = size + 1 if len(items) - at - size == 1 else size
            clauses = [self.clause(item, used) for item in items[at : at + size]]
            is_last = at + size >= len(items)
            lead = self.subject if at == 0 else leads.pop() if is_last and leads else ""
            made.append(lead + "，".join(clauses) + "。")
            at, used = at + size, set()
        return made

    def _sentences_en(self, items: Sequence[Attribute]) -> list[str]:
        told = set(self.phrases.lines("en", "clauses")) - ({"material"} if self.sheet.has_name else set())
        spoken = [item for item in items if item.kind in told]
        listed = [_labelled(item) for item in items if item.kind not in told]
        used: set[str] = set()
        clauses = [self.clause(item, used) for item in spoken]
        made = []
        for at in range(0, len(clauses), 2):
            lead = self.subject if at == 0 else "It also" if at + 2 >= len(clauses) else "It"
            made.append(f"{lead} {' and '.join(clauses[at : at + 2])}.")
        if listed:
            made.append(self.line("facts", facts="; ".join(listed)))
        return made

    def packed(self, room: int, length: Callable[[str], int]) -> tuple[str, list[str]]:
        """As many attributes as there is room for, in short; and the names of the others."""
        items = [*self.attributes]
        self.draw.shuffle(items)
        items.sort(key=lambda item: item.kind in ("other", "origin", "type"))
        joint, chosen, unused = ("，" if self.is_zh else ", "), "", []
        for item in items:
            if chosen and all(value in chosen for value in item.values):
                continue
            longer = f"{chosen}{joint}{self.short(item)}" if chosen else self.short(item)
            if length(longer) <= room:
                chosen = longer
            else:
                unused.append(item.name)
        return chosen, unused

    def hint(self, longest: int) -> str:
        """Two values or one for a title, where there are short ones; else what the product is."""
        kinds = ("other", "origin", "type", "season")
        short = [item.values[0] for item in self.attributes if item.kind not in kinds]
        short = [value for value in dict.fromkeys(short) if len(value) <= longest // 2]
        self.draw.shuffle(short)
        return ("·" if self.is_zh else ", ").join(short[:2])

    def head(self, longest: int, *place: str) -> str:
        """A first line that is short enough."""
        hint = self.hint(longest // 2)
        choices = [line for line in self.phrases.lines(self.language, *place) if hint or "{hint}" not in line]
        self.draw.shuffle(choices)
        lines = [self.filled(line, hint=hint) for line in choices]
        found = next((line for line in lines if len(line) <= longest), None)
        return _capital(found or _cut_at_word(min(lines, key=len), longest))

    def body(self, room: int) -> tuple[list[str], list[str]]:
        """Sentences of attributes and description that fit, and the names of the facts that do not."""
        lines = [*self.sentences(), *(fact.value for fact in self.sheet.sentences)]
        kept: list[str] = []
        for line in lines:
            if sum(map(len, kept)) + len(kept) + len(line) <= room:
                kept.append(line)
        text = "\n".join(kept)
        unused = [item.name for item in self.attributes if not all(value in text for value in item.values)]
        return kept, unused


def _title(job: _Job) -> Draft:
    limit, noun = job.channel.text, job.sheet.noun
    longest = limit.of(job.language)
    front = _cut(noun, longest, limit.length)
    items = [*job.attributes]
    job.draw.shuffle(items)
    values = [value for item in items for value in item.values if item.kind not in ("other", "type", "origin")]
    values += [job.short(item) for item in items if item.kind == "other"]
    joint = " " if job.is_zh or not job.sheet.has_name else ", "
    chosen: list[str] = []
    for value in dict.fromkeys(values):
        if value not in front and limit.length(joint.join([*chosen, value, front])) <= longest:
            chosen.append(value)
    text = _capital(joint.join([front, *chosen] if job.sheet.has_name else [*chosen, front]))
    return Draft(text, tuple(item.name for item in items if not all(value in text for value in item.values)))


def _detail(job: _Job) -> Draft:
    opening = job.line("detail", "audience") if job.audience else ""
    closing = job.line("detail", "closing")
    kept, unused = job.body(job.channel.text.of(job.language) - len(opening) - len(closing) - 4)
    kept = kept or [_capital(job.this) + ("。" if job.is_zh else ".")]
    joint = "" if job.is_zh else " "
    parts = [opening, *kept, closing]
    return Draft(joint.join(filter(None, parts)), tuple(unused))


def _note(job: _Job) -> Draft:
    assert job.channel.head is not None
    head = job.head(job.channel.head.of(job.language), "note", "head")
    opening = job.line("note", "audience") if job.audience else job.line("note", "opening")
    closing = job.line("note", "closing")
    tags = " ".join(_tags(job))
    kept, unused = job.body(job.channel.text.of(job.language) - sum(map(len, (head, opening, closing, tags))) - 12)
    return Draft("\n\n".join(filter(None, [head, opening, "\n".join(kept), closing, tags])), tuple(unused))


def _tags(job: _Job) -> list[str]:
    """Fixed ones, then the noun (the brand, where it has a name) and some values; none whose sense needs its signs."""
    values = [value for item in job.attributes for value in item.values if item.kind in ("style", "colour", "pattern")]
    job.draw.shuffle(values)
    noun = job.sheet.brand if job.sheet.has_name else job.sheet.noun
    words = ["".join(filter(str.isalpha, word)) for word in (noun, *values[:3]) if not any(map(str.isdigit, word))]
    return list(
        dict.fromkeys([*job.phrases.lines(job.language, "note", "tags"), *(f"#{word}" for word in words if word)])
    )


def _sms(job: _Job) -> Draft:
    greeting = job.line("name_greeting", name=job.sheet.greeting_name) if job.sheet.greeting_name else ""
    frame, close = job.draw.choice(job.phrases.lines(job.language, "sms")), job.line("sms_close")
    longest = job.channel.text.of(job.language)

    def filled(facts: str, noun: str, close: str) -> str:
        said = frame.replace("{this}", "{noun}") if noun != job.sheet.noun else frame
        return said.format(
            sender=job.sender[:20], greeting=greeting, noun=noun, this=job.this, facts=facts, close=close
        )

    noun = _cut_at_word(job.sheet.noun, max(8, longest - len(filled("", "", close)) - 12))
    facts, unused = _offer(job, longest - len(filled("", noun, close)))
    if not facts:
        close = ""
        facts, unused = _offer(job, longest - len(filled("", noun, "")))
    return Draft(_tidy(filled(facts, noun, close)), tuple(unused))


def _offer(job: _Job, room: int) -> tuple[str, list[str]]:
    """Price first, where it is known; then attributes."""
    price = job.sheet.price
    front = "" if price is None else f"{price.name}{price.value}" if job.is_zh else f"{price.name} {price.value}"
    front = front if len(front) <= room else ""
    joint = "，" if job.is_zh else ", "
    facts, unused = job.packed(room - len(front) - len(joint), len)
    return joint.join(filter(None, [front, facts])), unused


def _push(job: _Job) -> Draft:
    assert job.channel.head is not None
    head = job.head(job.channel.head.of(job.language), "push", "head")
    frame = job.draw.choice(job.phrases.lines(job.language, "push", "body"))
    room = job.channel.text.of(job.language) - len(head) - 1 - len(frame.format(facts=""))
    facts, unused = _offer(job, room)
    body = frame.format(facts=facts) if facts else job.line("sms_close")
    return Draft(f"{head}\n{_tidy(body)}".strip(), tuple(unused))


def _email(job: _Job) -> Draft:
    assert job.channel.head is not None
    head = job.head(job.channel.head.of(job.language), "email", "head")
    name = job.sheet.greeting_name
    greeting = job.line("email", "named", name=name) if name else job.line("email", "greeting")
    opening = job.line("email", "opening", greeting=greeting)
    size = job.line("owned_size", v=job.sheet.owned_size) if job.sheet.owned_size else ""
    closing = " ".join(filter(None, [size, job.line("email", "closing")]))
    ending = job.line("email", "ending")
    room = job.channel.text.of(job.language) - sum(map(len, (head, opening, closing, ending))) - 16
    kept, unused = job.body(room)
    price = job.sheet.price
    offer = (
        ""
        if price is None
        else f"{price.name}：{price.value}"
        if job.is_zh
        else f"{_capital(price.name)}: {price.value}"
    )
    body = ("" if job.is_zh else " ").join(kept)
    subject = f"{'主题：' if job.is_zh else 'Subject: '}{head}"
    return Draft("\n\n".join(filter(None, [subject, opening, body, offer, closing, ending])), tuple(unused))


def _listing(job: _Job) -> Draft:
    assert job.channel.head is not None
    title = _cut(_title(job).text, job.channel.head.en)
    bullets = [f"• {_capital(item.name)}: {', '.join(item.values)}" for item in job.attributes]
    description = " ".join(fact.value for fact in job.sheet.sentences)
    text = "\n".join(filter(None, [title, *bullets, description]))
    while len(text) > job.channel.text.en and bullets:
        bullets.pop()
        text = "\n".join(filter(None, [title, *bullets, description]))
    unused = [item.name for item in job.attributes if not all(value in text for value in item.values)]
    return Draft(_cut(text, job.channel.text.en), tuple(unused))


def _gap(name: str) -> str:
    """Behind a Latin name: pH 5.5, not pH5.5."""
    return " " if name[-1:].isascii() else ""


def _labelled(item: Attribute) -> str:
    """With its name, unless the value says it: "waist elastic waist" says it twice."""
    values = ", ".join(item.values)
    return values if item.name.casefold() in values.casefold() else f"{item.name} {values}"


def _varied(attributes: Sequence[Attribute], draw: random.Random) -> list[Attribute]:
    """In their order, but what a text begins with changes."""
    front = [item for item in attributes if item.kind in _FRONT]
    draw.shuffle(front)
    return [*front, *(item for item in attributes if item.kind not in _FRONT)]


def _as_style(values: str) -> str:
    """Styles that can be taken: 复古、简约风; 中国风."""
    if values.endswith(("风", "风格")):
        return values
    return f"{values}流风" if values == "潮" or values.endswith(("、潮", "与潮")) else f"{values}风"


def _is_plural(noun: str) -> bool:
    return noun.endswith("s") and not noun.endswith("ss")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cut(text: str, longest: int, length: Callable[[str], int] = len) -> str:
    while length(text) > longest:
        text = text[:-1]
    return text.rstrip(" ,，、·｜|:：")


def _cut_at_word(text: str, longest: int) -> str:
    """Shortened where a word ends, if one does."""
    if len(text) <= longest:
        return text
    words = text[: longest + 1].rsplit(" ", 1)[0]
    return _cut(words if len(words) >= longest // 3 else text, longest)


def _tidy(text: str) -> str:
    """Without signs that stand beside an empty place."""
    for before, after in (("：。", "。"), ("，。", "。"), (": .", "."), (", .", "."), ("。。", "。"), ("，，", "，")):
        text = text.replace(before, after)
    return text.strip()
