#!/usr/bin/env node
// listener.py in JavaScript.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const name = path.basename(process.argv.at(-1));
const say = (...words) => console.log(name, ...words);

async function call(method, what, headers, body) {
  const url = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension/${what}`;
  return new Promise((resolve, reject) => {
    http.request(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (part) => { text += part; }).on('end', () => resolve({ headers: response.headers, answer: JSON.parse(text) }));
    }).on('error', reject).end(body);
  });
}

async function main() {
  const greeting = path.join('/opt', path.parse(name).name, 'greeting.txt');
  if (fs.existsSync(greeting)) {
    say('reads', fs.readFileSync(greeting, 'utf8').trim());
  }
  if (process.env.LISTENER !== undefined) {
    say('finds LISTENER', process.env.LISTENER);
  }
  const events = name.startsWith('quiet') ? ['SHUTDOWN'] : ['INVOKE', 'SHUTDOWN'];
  const { headers } = await call('POST', 'register', { 'Lambda-Extension-Name': name }, JSON.stringify({ events }));
  say('registered');
  let event = {};
  while (event.eventType !== 'SHUTDOWN') {
    event = (await call('GET', 'event/next', { 'Lambda-Extension-Identifier': headers['lambda-extension-identifier'] })).answer;
    say('got', event.eventType, ...event.shutdownReason === undefined ? [] : [event.shutdownReason]);
  }
}

void main();
