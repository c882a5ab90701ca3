const net = require('node:net');
const tls = require('node:tls');

const answerMs = 3_000;

/** One command as RESP, whose lengths keep any password intact. */
function encode(/** @type {string[]} */ words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** @param {URL} url */
function commandsFor({ username, password }) {
  const login = [username, password].filter((part) => part !== '').map(decodeURIComponent);
  return (password === '' ? '' : encode(['AUTH', ...login])) + encode(['PING']);
}

/**
 * @param {string} address redis:// or rediss:// URL
 * @returns {Promise<string | undefined>} undefined when it answers PING; else the reason, without the password
 */
function pingRedis(address) {
  /** @type {URL} */
  let url;
  try {
    url = new URL(address);
  } catch {
    return Promise.resolve('it is not a URL; the form is redis://host:port');
  }
  const isTls = url.protocol === 'rediss:';
  if (!isTls && url.protocol !== 'redis:') {
    return Promise.resolve(`the scheme is ${url.protocol}//; the form is redis://host:port`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 6379);
  const where = `${url.hostname}:${port}`;
  return new Promise((resolve) => {
    const socket = isTls ? tls.connect({ host, port, servername: host }) : net.connect({ host, port });
    const end = (/** @type {string | undefined} */ reason) => {
      socket.destroy();
      resolve(reason === undefined ? undefined : `${where}: ${reason}`);
    };
    let answer = '';
    socket.setTimeout(answerMs, () => end(`no answer within ${answerMs / 1000} s`));
    socket.on('error', (error) => end(error.message || 'connection refused'));
    socket.on('close', () => end('it closed the connection'));
    socket.once(isTls ? 'secureConnect' : 'connect', () => socket.write(commandsFor(url)));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const refusal = /^-(.*)\r\n/m.exec(answer);
      if (refusal) end(refusal[1]);
      else if (answer.includes('+PONG\r\n')) end(undefined);
    });
  });
}

module.exports = { pingRedis };
