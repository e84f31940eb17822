// A graphile-worker for `make bench`: one task that asks the URL for something over a kept-alive connection, as
// telephonyd does.

import { Agent, get } from 'node:http';
import { Logger, run } from 'graphile-worker';

const [connectionString, url] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const request = () =>
  new Promise((resolve, reject) => {
    get(`${url}/2010-04-01/Accounts.json`, { agent }, (answer) => answer.resume().on('end', resolve)).on(
      'error',
      reject,
    );
  });
const runner = await run({
  connectionString,
  concurrency: 4,
  pollInterval: 60_000,
  logger: new Logger(() => () => {}),
  taskList: { request },
});
runner.events.once('job:complete', () => console.log('listening'));
await runner.addJob('request', {}); // makes the task known, and warms up
await runner.promise;
