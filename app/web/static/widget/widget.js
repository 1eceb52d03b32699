// The chat widget: one script tag on a page of the company. Everything lives in a shadow root and is made by script, so it
// works under any content security policy that lets this file load and talk to its own service.
//
//   <script src="https://kefu.example/widget.js" data-color="#0f6b5c" data-position="right" data-language="zh" async></script>
//
// window.kefu.open(), .close(), .ask(text), .identify(customerId, signature) steer it.

(() => {
  const tag = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
  if (!tag || window.kefu?.isWidget) return;
  const SERVICE = new URL(tag.src).origin;
  const STYLES = "%STYLES%";
  const KEPT = "kefu.widget";
  const HISTORY = 6; // earlier messages that go with a question
  const WAIT_MS = 1000; // after a cut, before what people write is listened for again
  const WORDS = {
    zh: {
      name: "客服助手",
      open: "打开客服对话",
      close: "关闭",
      anew: "新对话",
      other: "EN",
      otherLabel: "Switch to English",
      greeting: "您好，有什么可以帮您？每句回答都附有出处。",
      placeholder: "输入您的问题…",
      question: "您的问题",
      send: "发送",
      you: "您",
      declined: "资料中没有找到答案",
      partial: "只找到部分答案",
      handoff: "建议转人工客服",
      waiting: "正在等待人工客服",
      with_agent: "人工客服正在为您服务",
      named: "人工客服 {name} 正在为您服务",
      delivered: "已送达人工客服",
      offered: "可选项",
      yes: "确认",
      no: "取消",
      thanks: "感谢您的评价",
      agent: "人工客服",
      source: "来源 {n}：{title}",
      network: "网络似乎断开了，请检查连接。",
      rate_exceeded: "提问太频繁了，请稍等片刻。",
      chat_busy: "现在咨询的人较多，请稍等几秒。",
      question_too_long: "问题太长了，请精简后再发送。",
      origin_refused: "此网站尚未获准使用客服组件。",
      identity_forged: "无法确认您的身份，请重新登录。",
      internal: "抱歉，出了点问题。",
      again: "重试",
    },
    en: {
      name: "Support assistant",
      open: "Open the support chat",
      close: "Close",
      anew: "New chat",
      other: "中文",
      otherLabel: "切换到中文",
      greeting: "Hello! How can we help? Every sentence of an answer names its source.",
      placeholder: "Ask a question…",
      question: "Your question",
      send: "Send",
      you: "You",
      declined: "Not in our documents",
      partial: "Only part of the answer was found",
      handoff: "A person should take over",
      waiting: "Waiting for a person",
      with_agent: "You are talking to a person",
      named: "You are talking to {name}",
      delivered: "Delivered to our team",
      offered: "Options",
      yes: "Confirm",
      no: "Cancel",
      thanks: "Thank you for rating",
      agent: "Agent",
      source: "Source {n}: {title}",
      network: "The connection seems to be lost.",
      rate_exceeded: "That was a lot at once. Wait a moment.",
      chat_busy: "Many people are asking right now. Wait a few seconds.",
      question_too_long: "This question is too long. Shorten it.",
      origin_refused: "This site is not allowed to use the widget yet.",
      identity_forged: "We could not confirm who you are. Sign in again.",
      internal: "Sorry, something went wrong.",
      again: "Try again",
    },
  };
  const ICONS = {
    chat: "M4 5h16v11H9l-5 4z",
    close: "M6 6l12 12M18 6L6 18",
    anew: "M12 5v14M5 12h14",
    send: "M12 19V5M6 11l6-6 6 6",
  };

  // ---- State ----

  const asked = tag.dataset.language;
  let language = WORDS[asked]
    ? asked
    : (document.documentElement.lang || navigator.language || "zh").toLowerCase().startsWith("zh")
      ? "zh"
      : "en";
  let turns = []; // { question, sentences, citations, said, answer, problem, isWaiting, from, isNotice }
  // Kept by the service; `heard`: newest message of its stream, `known`: ids of the messages that are shown.
  const newConversation = () => ({ id: null, status: null, heard: null, known: [], agent: null, survey: null });
  let conversation = newConversation();
  let session = null; // { token, until, name, suggestions }
  let arriving = null; // the promise of its token
  let identity = tag.dataset.customerId
    ? { customer_id: tag.dataset.customerId, signature: tag.dataset.signature ?? "" }
    : {};
  let running = null;
  let opened = null; // the citation whose words are shown: { turn, marker }
  let listening = null;

  const t = (key, values = {}) =>
    (WORDS[language][key] ?? WORDS[language].internal).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  function keep() {
    const settled = turns.filter((turn) => !turn.isWaiting);
    try {
      sessionStorage.setItem(
        KEPT,
        JSON.stringify({
          turns: settled,
          conversation,
          language,
          token: session?.token ?? null,
          customer: identity.customer_id ?? "",
        }),
      );
    } catch {
      /* full or forbidden */
    }
  }

  function restore() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
      if (!kept || (kept.customer && kept.customer !== (identity.customer_id ?? ""))) return; // somebody else was here
      if (kept.conversation) ({ turns, conversation } = kept);
      if (!WORDS[asked]) language = kept.language;
      session = kept.token ? { token: kept.token, until: 0 } : null;
    } catch {
      turns = [];
    }
  }

  // ---- Service ----

  class Problem extends Error {
    constructor(code, status = 0) {
      super(code);
      Object.assign(this, { code, status });
    }
  }

  async function call(path, { body, signal, accept = "application/json", isAuthorised = true } = {}) {
    const headers = { Accept: accept };
    if (body) headers["Content-Type"] = "application/json";
    if (isAuthorised) headers.Authorization = `Bearer ${await token()}`;
    let response;
    try {
      response = await fetch(SERVICE + path, {
        method: body ? "POST" : "GET",
        headers,
        body: body && JSON.stringify(body),
        signal,
        credentials: "omit",
        mode: "cors",
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem("network");
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw new Problem(problem.code ?? "internal", response.status);
  }

  /** One session for all that ask for it at once: with a second the conversation would be somebody else's. */
  async function token() {
    if (session?.until > Date.now()) return session.token;
    const mine = (arriving ??= newSession().finally(() => {
      if (arriving === mine) arriving = null;
    }));
    return mine;
  }

  async function newSession() {
    const asked = identity;
    const body = { ...asked, before: session?.token ?? null };
    const found = await (await call("/v1/widget/session", { body, isAuthorised: false })).json();
    if (asked === identity) session = { ...found, until: Date.now() + (found.expires_in_s - 60) * 1000 };
    return found.token;
  }

  /** Server-sent events of a body; comments are skipped. */
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const frames = (rest + value).split("\n\n");
      rest = frames.pop();
      for (const text of frames) {
        const found = { event: "message", data: "" };
        for (const line of text.split("\n")) {
          const colon = line.indexOf(":");
          if (colon > 0) found[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
        }
        if (found.data) yield { event: found.event, data: JSON.parse(found.data) };
      }
    }
  }

  async function ask(text, shown = text) {
    const words = text.trim();
    if (!words || running) return;
    turns.push({
      question: shown.trim(),
      message: words,
      requestId: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, // sent again, nothing is done twice
      sentences: [],
      citations: [],
      answer: null,
      problem: null,
      isWaiting: true,
    });
    await answer(turns.at(-1));
  }

  async function answer(turn) {
    running = new AbortController();
    listening?.abort(); // the stream of the turn says it all
    Object.assign(turn, { sentences: [], citations: [], said: [], answer: null, problem: null, isWaiting: true });
    opened = null;
    draw();
    try {
      await stream(turn);
    } catch (error) {
      if (error.code === "conversation_missing" && conversation.id) {
        conversation = newConversation(); // forgotten there: a new one goes on
        return answer(turn);
      }
      if (error.status === 401 && !turn.isSecond) {
        Object.assign(turn, { isSecond: true });
        session = session && { ...session, until: 0 };
        return answer(turn);
      }
      if (error.name !== "AbortError") turn.problem = error.code ?? "network";
    }
    turn.isWaiting = false;
    running = null;
    keep();
    draw();
    listen();
  }

  /** Earlier messages, where the service does not keep the conversation: its answers then say nothing of one. */
  function historyBefore(turn) {
    const earlier = turns.slice(0, turns.indexOf(turn)).filter((item) => item.answer && item.question);
    if (!earlier.length || earlier.at(-1).answer.conversation) return [];
    return earlier
      .flatMap((item) => [
        { role: "user", content: item.question },
        { role: "assistant", content: item.answer.text },
      ])
      .slice(-HISTORY);
  }

  async function stream(turn) {
    const body = {
      message: turn.message ?? turn.question,
      conversation_id: conversation.id,
      request_id: turn.requestId,
      history: historyBefore(turn),
      stream: true,
    };
    const response = await call("/v1/chat", { body, signal: running.signal, accept: "text/event-stream" });
    for await (const { event, data } of events(response.body)) {
      if (event === "error") throw new Problem(data.code ?? "internal", data.status);
      if (event === "citation") turn.citations.push(data);
      if (event === "message") turn.said.push(data);
      if (event === "sentence") {
        if (!turn.said.some((part) => part.isAnswer)) turn.said.push({ isAnswer: true });
        turn.sentences.push(data);
      }
      if (event === "done") take(data, turn);
      draw();
    }
    if (!turn.answer) throw new Problem("network");
  }

  /** Takes in what the reply says of the conversation, so that nothing of it is shown again when it is heard. */
  function take(whole, turn) {
    const { status = null, messages = [], handoff } = whole.conversation ?? {};
    conversation.id = whole.conversation_id ?? conversation.id;
    if (handoff) conversation.agent = null;
    conversation.known.push(...messages.map((message) => message.message_id));
    if (whole.conversation) turn.said = messages.map((message) => ({ text: message.text, isAnswer: message.is_answer }));
    const kept = messages.find((message) => message.answer)?.answer; // of a reply that was given before
    const { sentences = [], citations = [] } = whole.sentences?.length ? whole : (kept ?? whole);
    const isAnswered = !whole.conversation || messages.some((message) => message.is_answer);
    // Where the dialogue spoke in place of an answer, its verdict, such as "not found", is not shown either.
    const answer = isAnswered ? whole : { ...whole, status: "answered", receipt_id: "" };
    Object.assign(turn, { answer, sentences: isAnswered ? sentences : [], citations: isAnswered ? citations : [] });
    moveTo(status);
  }

  function moveTo(status) {
    const before = conversation.status;
    conversation.status = status;
    if (status !== "resolved") conversation.survey = null;
    else if (before && before !== "resolved") survey();
  }

  const isWithPeople = () => ["waiting", "with_agent"].includes(conversation.status);
  const path = () => `/v1/conversations/${encodeURIComponent(conversation.id)}`;

  /** While people have the conversation, what they write comes as they write it. */
  async function listen() {
    listening?.abort();
    listening = null;
    if (!conversation.id || running || !isWithPeople()) return;
    const mine = (listening = new AbortController());
    for (let wait = WAIT_MS; !mine.signal.aborted; wait = Math.min(wait * 2, 30 * WAIT_MS)) {
      try {
        const query = conversation.heard ? `?after=${encodeURIComponent(conversation.heard)}` : "";
        const options = { signal: mine.signal, accept: "text/event-stream" };
        for await (const { event, data } of events((await call(`${path()}/events${query}`, options)).body)) {
          if (mine.signal.aborted) return;
          if (event === "message") hear(data);
          if (event === "status") moveTo(data.status);
          wait = WAIT_MS;
          keep();
          draw();
          if (!isWithPeople()) return mine.abort();
        }
      } catch (error) {
        if (error.status >= 400 && error.status < 500 && ![401, 429].includes(error.status)) return;
        if (error.status === 401 && session) session.until = 0;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  function hear(message) {
    conversation.heard = message.message_id;
    const isNotice = message.role === "system";
    if (conversation.known.includes(message.message_id) || !(isNotice || message.role === "agent")) return;
    conversation.known.push(message.message_id);
    if (!isNotice) conversation.agent = message.author || null;
    turns.push({
      question: "",
      sentences: [],
      citations: message.data?.citations ?? [],
      answer: { text: message.text, status: "answered" },
      problem: null,
      isWaiting: false,
      isNotice,
      from: message.author || t("agent"),
    });
    if (panel.hidden) unread.hidden = false;
  }

  /** Asks how it was, once; nothing is shown where the customer is left in peace. */
  async function survey() {
    const mine = conversation;
    try {
      const response = await call(`${path()}/survey?language=${language}`, { body: {} });
      if (response.status === 204 || mine !== conversation || mine.status !== "resolved") return;
      mine.survey = await response.json();
      keep();
      draw();
    } catch {
      /* it was good help all the same */
    }
  }

  async function rate(asked, score) {
    asked.score = score;
    draw();
    try {
      await call(`/v1/surveys/${encodeURIComponent(asked.survey_id)}`, { body: { score } });
    } catch {
      asked.score = null;
      draw();
    }
    keep();
  }

  // ---- Drawing: text is always text ----

  function el(name, props = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(props)) {
      if (key === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
      else if (key.includes("-") || key === "role") node.setAttribute(key, value);
      else node[key] = value;
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  }

  function icon(name) {
    const NS = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(NS, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(NS, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  const host = el("div", { id: "kefu-widget" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // not subject to style-src, as inline styles would be
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];

  const title = el("h2", { id: "title" });
  const other = el("button", { type: "button", className: "tool", on: { click: switchLanguage } });
  const anew = el("button", { type: "button", className: "tool", on: { click: startAnew } }, icon("anew"));
  const shut = el("button", { type: "button", className: "tool", on: { click: close } }, icon("close"));
  const talk = el("div", { className: "talk", role: "log", "aria-live": "polite", tabIndex: 0 });
  const people = el("p", { className: "people", role: "status", hidden: true });
  const text = el("textarea", { rows: 1, maxLength: 4000, on: { input: fit, keydown: onKey } });
  const send = el("button", { type: "submit", className: "send", disabled: true }, icon("send"));
  const form = el("form", { className: "field", on: { submit } }, text, send);
  const panel = el(
    "section",
    { className: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
    el("header", { className: "head" }, title, other, anew, shut),
    talk,
    people,
    form,
  );
  const unread = el("span", { className: "unread", hidden: true });
  const bubble = el(
    "button",
    {
      type: "button",
      className: "bubble",
      "aria-expanded": "false",
      on: { click: () => (panel.hidden ? open() : close()) },
    },
    icon("chat"),
    unread,
  );
  root.append(el("div", { className: "root" }, panel, bubble));

  function fit() {
    text.style.setProperty("height", "auto");
    text.style.setProperty("height", `${Math.min(text.scrollHeight, 120)}px`);
    send.disabled = Boolean(running) || !text.value.trim();
  }

  // While an input method composes, Enter picks a candidate: it must not send. Safari says so by key code alone.
  function onKey(event) {
    event.stopPropagation(); // shortcuts of the host page stay silent while somebody writes
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  }

  function submit(event) {
    event?.preventDefault();
    const words = text.value;
    if (running || !words.trim()) return;
    text.value = "";
    fit();
    ask(words);
  }

  function draw() {
    const isAtEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
    title.textContent = tag.dataset.title || session?.name?.[language] || t("name");
    other.textContent = t("other");
    for (const [node, key] of [
      [other, "otherLabel"],
      [anew, "anew"],
      [shut, "close"],
      [send, "send"],
      [text, "question"],
    ])
      node.setAttribute("aria-label", t(key));
    bubble.setAttribute("aria-label", t(panel.hidden ? "open" : "close"));
    bubble.replaceChildren(icon(panel.hidden ? "chat" : "close"), unread);
    text.placeholder = t("placeholder");
    host.lang = language === "zh" ? "zh-CN" : "en";
    talk.replaceChildren(...(turns.length ? [...turns.flatMap(turnNodes), rating()] : welcome()));
    const { status, agent } = conversation;
    people.hidden = !isWithPeople();
    const words = people.hidden ? "" : status === "with_agent" && agent ? t("named", { name: agent }) : t(status);
    if (people.textContent !== words) people.textContent = words;
    people.dataset.status = status ?? "";
    if (isAtEnd || running) talk.scrollTop = talk.scrollHeight;
    fit();
  }

  function welcome() {
    const items = session?.suggestions?.[language] ?? [];
    return [
      el("p", { className: "greeting" }, tag.dataset.greeting || t("greeting")),
      el(
        "div",
        { className: "choices" },
        items.map((item) =>
          el("button", { type: "button", className: "choice", on: { click: () => ask(item) } }, item),
        ),
      ),
    ];
  }

  function turnNodes(turn) {
    const status = turn.answer?.status;
    const isOpen = turn === turns.at(-1) && !running;
    const said = el(
      "div",
      { className: turn.isNotice ? "said notice" : "said" },
      turn.from && !turn.isNotice ? el("p", { className: "by" }, turn.from) : "",
      ["declined", "partial", turn.answer?.conversation ? "" : "handoff"].includes(status) ? el("p", { className: "verdict" }, t(status)) : "",
      saidIn(turn),
      opened?.turn === turn ? source(turn) : "",
      turn.from && turn.citations.length ? el("p", {}, turn.citations.map(({ marker }) => chip(turn, marker))) : "",
      isOpen ? choices(turn) : "",
      turn.isWaiting
        ? el("p", { className: "wait", role: "status", "aria-label": "…" }, el("i"), el("i"), el("i"))
        : "",
      turn.problem
        ? el(
            "p",
            { className: "problem", role: "alert" },
            t(WORDS.en[turn.problem] ? turn.problem : "internal"),
            el(
              "button",
              { type: "button", className: "again", on: { click: () => !running && answer(turn) } },
              t("again"),
            ),
          )
        : "",
    );
    return turn.question
      ? [
          el(
            "div",
            { className: "asked" },
            el("p", {}, el("span", { className: "sr" }, `${t("you")}: `), turn.question),
          ),
          said,
        ]
      : [said];
  }

  /** What was said, in its order; numbered lines that stand on buttons as well are left out. */
  function saidIn(turn) {
    const kept = turn.answer?.conversation;
    if (kept && !turn.said.length) return el("p", { className: "by" }, t("delivered"));
    return (turn.said?.length ? turn.said : [{ isAnswer: true }]).map((part) => {
      if (part.isAnswer) return words(turn, part.text);
      const lines = (part.choices ?? kept?.choices ?? []).map((choice, at) => `${at + 1}. ${choice.label}`);
      const text = part.text.split("\n").filter((line) => !lines.includes(line));
      return el("p", { className: "words" }, text.join("\n"));
    });
  }

  /** What is offered to choose from or to confirm. */
  function choices(turn) {
    const { choices: offered = [], confirms } = turn.answer?.conversation ?? {};
    const isEnglish = turn.answer?.language === "en";
    const confirmation = [
      { label: WORDS[isEnglish ? "en" : "zh"].yes, value: isEnglish ? "Yes" : "确认" },
      { label: WORDS[isEnglish ? "en" : "zh"].no, value: isEnglish ? "No" : "不用了" },
    ];
    const shown = offered.length ? offered : confirms ? confirmation : [];
    const act = ({ label, value }) => ({ click: () => ask(String(value ?? label), String(label)) });
    return shown.length
      ? el(
          "div",
          { className: "choices", role: "group", "aria-label": t("offered") },
          shown.map((item) => el("button", { type: "button", className: "choice", on: act(item) }, item.label)),
        )
      : "";
  }

  function rating() {
    const asked = conversation.survey;
    if (!asked) return "";
    const scores = Array.from({ length: asked.greatest - asked.least + 1 }, (_, at) => asked.least + at);
    return el(
      "div",
      { className: "survey" },
      el("p", {}, asked.question),
      el(
        "div",
        { className: "scores", role: "group", "aria-label": asked.question },
        scores.map((score) =>
          el(
            "button",
            {
              type: "button",
              className: "score",
              "aria-pressed": String(asked.score === score),
              on: { click: () => rate(asked, score) },
            },
            String(score),
          ),
        ),
      ),
      asked.score === null || asked.score === undefined ? "" : el("p", { className: "by", role: "status" }, t("thanks")),
    );
  }

  function words(turn, whole = turn.answer?.text) {
    const standing = turn.sentences.filter((sentence) => sentence.supported);
    if (!standing.length) return turn.answer ? el("p", { className: "words" }, whole) : "";
    const isSpaced = !/[\u3400-\u9fff]/.test(standing[0].text);
    const parts = standing.flatMap((sentence, number) => {
      const body = sentence.text.replace(/[。．.！!？?；;\s]+$/u, "");
      const at = body.match(/([A-Za-z0-9]{1,12}|.)$/u)?.index ?? body.length;
      const tail = el(
        "span",
        { className: "tail" },
        body.slice(at),
        sentence.citations.map((marker) => chip(turn, marker)),
        sentence.text.slice(body.length).trim(),
      );
      return [
        number && isSpaced ? " " : "",
        sentence.lead ? `${sentence.lead}${isSpaced ? " " : ""}` : "",
        body.slice(0, at),
        tail,
      ];
    });
    if (turn.answer?.closing) parts.push(`${isSpaced ? " " : ""}${turn.answer.closing}`);
    return el("p", { className: "words" }, parts);
  }

  function chip(turn, marker) {
    const citation = turn.citations.find((item) => item.marker === marker);
    if (!citation) return "";
    const isOpen = opened?.turn === turn && opened.marker === marker;
    const toggle = () => {
      opened = isOpen ? null : { turn, marker };
      const { receipt_id: receipt, conversation_id: id = null } = turn.answer ?? {};
      if (opened && receipt)
        call("/v1/citations/opened", { body: { receipt_id: receipt, marker, conversation_id: id } }).catch(() => {});
      draw();
      [...root.querySelectorAll(".chip")]
        .find((node) => node.dataset.key === `${turns.indexOf(turn)} ${marker}`)
        ?.focus();
    };
    const node = el(
      "button",
      {
        type: "button",
        className: "chip",
        "aria-expanded": String(isOpen),
        "aria-label": t("source", { n: marker, title: citation.title }),
        on: { click: toggle },
      },
      String(marker),
    );
    node.dataset.key = `${turns.indexOf(turn)} ${marker}`;
    return node;
  }

  function source(turn) {
    const citation = turn.citations.find((item) => item.marker === opened.marker);
    const place = [
      citation.location?.heading?.split(" > ").at(-1),
      citation.location?.sheet,
      citation.location?.page,
    ].filter((part) => part && part !== citation.title);
    return el(
      "div",
      { className: "source" },
      el("b", {}, citation.title),
      place.length ? el("p", { className: "by" }, place.join(" · ")) : "",
      el("q", {}, citation.quote),
    );
  }

  // ---- Steering ----

  function open() {
    panel.hidden = false;
    unread.hidden = true;
    bubble.setAttribute("aria-expanded", "true");
    draw();
    text.focus({ preventScroll: true });
    if (!session?.name)
      token().then(draw, (error) => {
        if (!turns.length)
          talk.replaceChildren(
            el("p", { className: "problem", role: "alert" }, t(WORDS.en[error.code] ? error.code : "internal")),
          );
      });
    listen();
  }

  function close() {
    panel.hidden = true;
    bubble.setAttribute("aria-expanded", "false");
    draw();
    bubble.focus({ preventScroll: true });
  }

  function startAnew() {
    running?.abort();
    turns = [];
    opened = null;
    conversation = newConversation();
    listen();
    keep();
    draw();
    text.focus();
  }

  function switchLanguage() {
    language = language === "zh" ? "en" : "zh";
    keep();
    draw();
  }

  function identify(customerId, signature) {
    if (identity.customer_id && identity.customer_id !== customerId) {
      session = null; // another customer: nothing of the one before stays
      startAnew();
    } else if (session) session.until = 0;
    arriving = null;
    identity = customerId ? { customer_id: customerId, signature } : {};
  }

  function colour() {
    const chosen = tag.dataset.color;
    if (!/^#[0-9a-f]{6}$/i.test(chosen ?? "")) return;
    const [red, green, blue] = [1, 3, 5]
      .map((at) => parseInt(chosen.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    host.style.setProperty("--accent", chosen);
    host.style.setProperty("--accent-ink", light > 0.18 ? "#101413" : "#ffffff"); // the one of the two with more contrast
    host.style.setProperty("--accent-soft", `color-mix(in srgb, ${chosen} 13%, var(--surface))`);
    host.style.setProperty("--accent-line", `color-mix(in srgb, ${chosen} 40%, var(--line))`);
  }

  function theme() {
    const wanted = tag.dataset.theme ?? "system";
    const isDark = wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    host.dataset.theme = isDark ? "dark" : "light";
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !panel.hidden) close();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) close();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
  if (tag.dataset.position === "left") host.dataset.position = "left";
  colour();
  theme();
  restore();
  draw();
  listen();
  const mount = () => document.body.append(host);
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
  window.kefu = { isWidget: true, open, close, identify, ask: (words) => (open(), ask(String(words))) };
})();
