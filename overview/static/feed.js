// Asks an address every half minute while somebody looks, and tells only of changes: the server answers
// 304 while all is as it was, and the browser shows that by the same fingerprint (ETag).
const EVERY = 30_000;

export async function getJson(address) {
  const answer = await fetch(address, { cache: "no-cache", headers: { Accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`status ${answer.status}`), { status: answer.status });
  return { etag: answer.headers.get("ETag"), read: () => answer.json() };
}

export function watchFeed(address, onChange) {
  let seen = null;
  let asking = false;
  const connection = document.getElementById("connection");

  async function ask() {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const { etag, read } = await getJson(address);
      connection.hidden = true;
      if (etag === null || etag !== seen) {
        await onChange(await read());
        seen = etag;
      }
    } catch (problem) {
      if (problem.status === undefined && !(problem instanceof TypeError)) throw problem;
      tell(problem.status);
    } finally {
      asking = false;
    }
  }

  function tell(status) {
    connection.hidden = false;
    connection.textContent = status === 401
      ? "You are signed out, so what stands here grows old. "
      : "The overview does not answer, so what stands here grows old. It is asked again every half minute.";
    if (status === 401) {
      const link = document.createElement("a");
      link.href = "/login?next=" + encodeURIComponent(location.pathname);
      link.textContent = "Sign in again";
      connection.append(link);
    }
  }

  document.addEventListener("visibilitychange", ask);
  setInterval(ask, EVERY);
  return ask();
}
