// The reporter's and the coordinator's side with the libraries that the browser uses.
//
// node interop.mjs COMMAND: JSON on standard input, JSON on standard output, bytes as base64. Any refusal ends
// with a message on standard error and status 1. Given an array, it does each and answers with an array, in which
// a refusal is {error}.
//
//   public    {seed}                                      -> {public, recipient, identity}
//   bundle    {issuer, keys: [spki]}                      -> {requests, pending}, one for each key given
//   finalize  {pending, responses}                        -> {tokens}
//   seal      {report_key, root, token, facts, narrative} -> {envelope}
//   open      {seed, root, envelope}                      -> {token, facts, narrative}, the narrative sealed
//   narrate   {text, language, reply_key, thread, recipients} -> {file}
//   read      {file, identity}                            -> {text, language, reply_key, thread}
//   encrypt   {plaintext, recipients}                     -> {file}
//   decrypt   {file, identity}                            -> {plaintext}
//
// `narrative` in `seal` is either a sealed one or what `narrate` takes. Formats: DESIGN.md §4.

import { webcrypto } from "node:crypto";

import { RSABSSA } from "@cloudflare/blindrsa-ts";
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import { bech32 } from "@scure/base";

const ENVELOPE = 16384;
const HEADER = 16;
const ENC = 1120;
const TOKEN = 354;
const MAX_FACTS = 1051;
const NARRATIVE = 13824;
const SPKI = 342;
const LANGUAGE = /^(?=.{2,35}$)[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

const hpke = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const blindRsa = RSABSSA.SHA384.PSS.Deterministic();

const ascii = (text) => new TextEncoder().encode(text);
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const join = (...parts) => new Uint8Array(Buffer.concat(parts));
const sha256 = async (data) => new Uint8Array(await webcrypto.subtle.digest("SHA-256", data));
const random = (size) => webcrypto.getRandomValues(new Uint8Array(size));

function u16(number) {
  return Uint8Array.of(number >> 8, number & 255);
}

function readU16(data, offset) {
  return (data[offset] << 8) | data[offset + 1];
}

function padded(data, size) {
  if (data.length > size) throw new Error("too long");
  return join(data, new Uint8Array(size - data.length));
}

function check(holds, what) {
  if (!holds) throw new Error(what);
}

// Tokens: RFC 9578, type 0x0002.

// WebCrypto takes no RSASSA-PSS SubjectPublicKeyInfo, so the modulus is cut out of it: the DER of a key of 2,048
// bits with exponent 65537 always ends with 256 bytes of modulus and the five bytes of the exponent.
async function tokenKey(spki) {
  check(spki.length === SPKI, "not a token key");
  const n = Buffer.from(spki.slice(-261, -5)).toString("base64url");
  const jwk = { kty: "RSA", n, e: "AQAB", alg: "PS384", ext: true };
  return webcrypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
}

async function tokenInput(issuer, spki) {
  const name = ascii(issuer);
  const challenge = join(u16(2), u16(name.length), name, Uint8Array.of(0), u16(0));
  return join(u16(2), random(32), await sha256(challenge), await sha256(spki));
}

async function bundle({ issuer, keys }) {
  const requests = [];
  const pending = [];
  for (const key of keys) {
    const input = await tokenInput(issuer, bytes(key));
    const { blindedMsg, inv } = await blindRsa.blind(await tokenKey(bytes(key)), input);
    requests.push(base64(blindedMsg));
    pending.push({ key, input: base64(input), inverse: base64(inv) });
  }
  return { requests, pending };
}

async function finalize({ pending, responses }) {
  check(pending.length === responses.length, "another number of answers than of requests");
  const tokens = [];
  for (const [i, { key, input, inverse }] of pending.entries()) {
    const publicKey = await tokenKey(bytes(key));
    const signature = await blindRsa.finalize(publicKey, bytes(input), bytes(responses[i]), bytes(inverse));
    tokens.push(base64(join(bytes(input), signature)));
  }
  return { tokens };
}

// Envelope v1.

async function keyId(publicKey) {
  return (await sha256(join(ascii("WARP report key v1"), u16(1), publicKey))).slice(0, 8);
}

async function info(header, root) {
  return join(ascii("WARP envelope v1"), header, await sha256(root));
}

async function seal({ report_key, root, token, facts, narrative }) {
  const file = typeof narrative === "string" ? bytes(narrative) : bytes((await narrate(narrative)).file);
  const [rawToken, rawFacts] = [bytes(token), bytes(facts)];
  check(rawToken.length === TOKEN && file.length === NARRATIVE, "a part has another length");
  const plaintext = join(Uint8Array.of(1), rawToken, u16(rawFacts.length), padded(rawFacts, MAX_FACTS), file);
  const header = join(ascii("WRP1"), u16(1), await keyId(bytes(report_key)), u16(0));
  const sealed = await hpke.seal(
    {
      recipientPublicKey: await hpke.kem.deserializePublicKey(bytes(report_key)),
      info: await info(header, bytes(root)),
    },
    plaintext,
  );
  const envelope = join(header, new Uint8Array(sealed.enc), new Uint8Array(sealed.ct));
  check(envelope.length === ENVELOPE, "the envelope has another length");
  return { envelope: base64(envelope) };
}

async function open({ seed, root, envelope }) {
  const raw = bytes(envelope);
  check(raw.length === ENVELOPE, "not an envelope");
  const header = raw.slice(0, HEADER);
  const opened = await hpke.open(
    {
      recipientKey: await hpke.kem.deserializePrivateKey(bytes(seed)),
      enc: raw.slice(HEADER, HEADER + ENC),
      info: await info(header, bytes(root)),
    },
    raw.slice(HEADER + ENC),
  );
  return takeApart(new Uint8Array(opened));
}

function takeApart(plaintext) {
  const factsStart = 1 + TOKEN + 2;
  const factsEnd = factsStart + readU16(plaintext, factsStart - 2);
  check(plaintext[0] === 1, "unknown version");
  check(!plaintext.slice(factsEnd, factsStart + MAX_FACTS).some(Boolean), "padding is not zero");
  return {
    token: base64(plaintext.slice(1, 1 + TOKEN)),
    facts: base64(plaintext.slice(factsStart, factsEnd)),
    narrative: base64(plaintext.slice(factsStart + MAX_FACTS)),
  };
}

// Narratives: age files of one size.

async function narrate({ text, language, reply_key, thread, recipients }) {
  const [tag, body] = [ascii(language), new TextEncoder().encode(text)];
  const plaintext = join(
    Uint8Array.of(1),
    bytes(reply_key),
    bytes(thread),
    Uint8Array.of(tag.length),
    tag,
    u16(body.length),
    body,
  );
  const size = NARRATIVE - 102 - 1557 * recipients.length;
  const { file } = await encrypt({ plaintext: base64(padded(plaintext, size)), recipients });
  check(bytes(file).length === NARRATIVE, "the narrative has another length");
  return { file };
}

async function read({ file, identity }) {
  check(bytes(file).length === NARRATIVE, "not a narrative");
  const plaintext = bytes((await decrypt({ file, identity })).plaintext);
  const tagStart = 1 + 1216 + 16 + 1;
  const textStart = tagStart + plaintext[tagStart - 1] + 2;
  const textEnd = textStart + readU16(plaintext, textStart - 2);
  check(plaintext[0] === 1, "unknown version");
  check(textEnd <= plaintext.length, "the text is longer than what there is");
  check(!plaintext.slice(textEnd).some(Boolean), "padding is not zero");
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const language = utf8.decode(plaintext.slice(tagStart, textStart - 2));
  check(LANGUAGE.test(language), "not a language tag");
  return {
    text: utf8.decode(plaintext.slice(textStart, textEnd)),
    language,
    reply_key: base64(plaintext.slice(1, 1217)),
    thread: base64(plaintext.slice(1217, 1233)),
  };
}

async function encrypt({ plaintext, recipients }) {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return { file: base64(await encrypter.encrypt(bytes(plaintext))) };
}

async function decrypt({ file, identity }) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return { plaintext: base64(await decrypter.decrypt(bytes(file))) };
}

// The hybrid key of a seed.

async function publicKey({ seed }) {
  const identity = bech32.encode("age-secret-key-pq-", bech32.toWords(bytes(seed)), false).toUpperCase();
  const recipient = await identityToRecipient(identity);
  const publicBytes = bech32.fromWords(bech32.decode(recipient, false).words);
  return { public: base64(publicBytes), recipient, identity };
}

const commands = { public: publicKey, bundle, finalize, seal, open, narrate, read, encrypt, decrypt };

async function main() {
  check(Object.hasOwn(commands, process.argv[2]), "unknown command");
  const command = commands[process.argv[2]];
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const asked = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const answer = Array.isArray(asked) ? await each(command, asked) : await command(asked);
  process.stdout.write(JSON.stringify(answer));
}

async function each(command, cases) {
  const answers = [];
  for (const one of cases) answers.push(await command(one).catch(({ message }) => ({ error: message })));
  return answers;
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
