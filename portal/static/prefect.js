// Prefect's pages as they are, but they speak with this site alone and leave no cookies: their newer pages measure
// how they are used, whatever the server's settings say. The page's Content-Security-Policy is the wall behind this.
(() => {
  const ours = (address) => new URL(address, location.href).origin === location.origin;
  const elsewhere = () => new TypeError("Prefects sidor får bara tala med den egna servern.");

  const ask = window.fetch;
  window.fetch = async (asked, ...rest) => {
    if (!ours(asked instanceof Request ? asked.url : asked)) throw elsewhere();
    const answer = await ask(asked, ...rest);
    if (answer.status === 401) location.reload(); // the login has ended: the page itself leads to it
    return answer;
  };
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    if (!ours(address)) throw elsewhere();
    return open.call(this, method, address, ...rest);
  };
  navigator.sendBeacon = () => false;
  Object.defineProperty(document, "cookie", { get: () => "", set: () => {} });
  Object.defineProperty(window, "cookieStore", { value: undefined });
})();
