// What PostgREST of several major versions sends to the database for a request: the same transaction, statement by
// statement.
//
// The texts of 12 are held against the log of the real one by a test; those of later versions follow their sources, and
// differ from it as told here.

import { ServerError, Wire } from './wire.mjs';

/** How the statements of a version differ. */
const VERSIONS = {
  // A body may be an array, of which 12.0 takes the first; GET makes a JSON object of its arguments.
  12: { uniform: true, getAsJson: true, gap: '     ' },
  13: { uniform: false, getAsJson: false, gap: '   ' },
  14: { uniform: false, getAsJson: false, gap: '   ' },
  16: { uniform: false, getAsJson: false, gap: '   ' },
};

/** The major versions that can be replayed. */
export const MAJORS = Object.keys(VERSIONS);

const quoted = (name) => `"${name}"`;
const HEADERS = `nullif(current_setting('response.headers', true), '') AS response_headers`;
const STATUS = `nullif(current_setting('response.status', true), '') AS response_status`;

/** Where the rows of a function come from, and the parameters they need. */
function source(major, get, { name, scalar, types }, args) {
  const call = `${quoted('telephony_api')}.${quoted(name)}`;
  const given = Object.keys(types).filter((arg) => arg in args); // as declared
  const wrapped = (text) =>
    scalar ? `LATERAL (SELECT ${text} pgrst_scalar) pgrst_call` : `LATERAL ${text} pgrst_call`;
  const rows = scalar ? 'pgrst_call.pgrst_scalar' : '"pgrst_call".*';
  if (given.length === 0 || (get && !VERSIONS[major].getAsJson)) {
    const list = given.map((arg, i) => `${quoted(arg)} := $${i + 1}::${types[arg]}`).join(', ');
    const text = scalar ? `(SELECT ${call}(${list}) pgrst_scalar)` : `${call}(${list})`;
    return {
      text: `SELECT ${rows} FROM ${text} pgrst_call`,
      parameters: given.map((arg) => ['unknown', String(args[arg])]),
    };
  }
  const columns = given.map(quoted).join(', ');
  const typed = given.map((arg) => `${quoted(arg)} ${types[arg]}`).join(', ');
  const body = VERSIONS[major].uniform
    ? `LATERAL (SELECT CASE WHEN json_typeof(pgrst_payload.json_data) = 'array' THEN pgrst_payload.json_data ` +
      `ELSE json_build_array(pgrst_payload.json_data) END AS val) pgrst_uniform_json, ` +
      `LATERAL (SELECT ${columns} FROM json_to_recordset(pgrst_uniform_json.val) AS _(${typed}) LIMIT 1) pgrst_body , `
    : `LATERAL (SELECT ${columns} FROM json_to_record(pgrst_payload.json_data) AS _(${typed}) ) pgrst_body , `;
  const list = given.map((arg) => `${quoted(arg)} := pgrst_body.${quoted(arg)}`).join(', ');
  return {
    text: `SELECT ${rows} FROM (SELECT $1 AS json_data) pgrst_payload, ${body}${wrapped(`${call}(${list})`)}`,
    parameters: [['json', JSON.stringify(args)]],
  };
}

/**
 * The statement that calls a function, with its parameters. `description` is what a schema cache knows of it: {name,
 * scalar, setof, alias, types}.
 */
export function mainCall(major, get, description, args) {
  const { text, parameters } = source(major, get, description, args);
  const { scalar, setof, alias } = description;
  const total = setof ? 'pg_catalog.count(_postgrest_t)' : '1';
  const rows = scalar ? 'json_agg(_postgrest_t.pgrst_scalar)' : 'json_agg(_postgrest_t)';
  const body = setof ? `coalesce(${rows}, '[]')` : `coalesce(${rows}->0, 'null')`;
  const [limit, offset] = [parameters.length + 1, parameters.length + 2];
  const record = `SELECT ${quoted(alias)}.* FROM "pgrst_source" AS ${quoted(alias)}`;
  const from = `(${record}${VERSIONS[major].gap}LIMIT $${limit} OFFSET $${offset})`;
  return [
    `WITH pgrst_source AS (${text}) SELECT null::bigint AS total_result_set, ${total} AS page_total, ` +
      `${body} AS body, ${HEADERS}, ${STATUS}, '' AS response_inserted FROM ${from} _postgrest_t`,
    [...parameters, ['unknown', '1000'], ['unknown', '0']],
  ];
}

/** The error that an answer is made of: of a `PGRST` one the parts that its message and detail hold. */
function answerTo(error) {
  if (error.sqlstate !== 'PGRST') return { ...error, code: error.sqlstate, message: error.message };
  const { code, message, details = null, hint = null } = JSON.parse(error.message);
  const { status, headers } = JSON.parse(error.detail);
  return { sqlstate: error.sqlstate, code, message, detail: details, hint, status, headers };
}

/** What the schema cache of PostgREST holds of the functions there are, by name. */
export async function describeFunctions(stack) {
  const rows = await stack.rows(`
    SELECT p.proname AS name, p.proretset AS setof, p.provolatile = 'v' AS writes,
           t.typtype NOT IN ('c', 'p') AS scalar,
           CASE WHEN t.typtype = 'c' THEN t.typname WHEN t.typname = 'record' THEN 'record' ELSE p.proname END AS alias,
           (SELECT coalesce(json_object_agg(p.proargnames[i], pg_catalog.format_type(p.proargtypes[i - 1], NULL)), '{}')
              FROM generate_series(1, p.pronargs) i) AS types
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_type t ON t.oid = p.prorettype
     WHERE p.pronamespace = 'telephony_api'::regnamespace`);
  return Object.fromEntries(rows.map((row) => [row.name, row]));
}

/** One PostgREST of a major version, reduced to what it does with its one connection. */
export class Replay {
  #wire;
  #functions;
  #preRequest;

  /** Connects as authenticator; `preRequest` is the setting db-pre-request, if any. */
  static async connect(stack, major, { preRequest } = {}) {
    const replay = new Replay();
    replay.major = major;
    replay.#functions = await describeFunctions(stack);
    replay.#preRequest = preRequest;
    replay.#wire = await Wire.connect(stack.cluster, { user: 'authenticator', database: stack.database });
    return replay;
  }

  /**
   * Calls a function as a role of an organization. Resolves to {data, error, headers}: the body, or the ServerError; a
   * refused statement ends the transaction with ABORT as there.
   */
  async rpc(name, args, { role, org, get = false, headers = {} }) {
    const description = this.#functions[name];
    const readOnly = get || !description.writes;
    const claims = { role, ...(org && { app_metadata: { org_id: org } }) };
    const settings = {
      method: get ? 'GET' : 'POST',
      path: `/rpc/${name}`,
      headers: JSON.stringify(headers),
      cookies: '{}',
    };
    const wire = this.#wire;
    await wire.execute(`BEGIN ISOLATION LEVEL READ COMMITTED READ ${readOnly ? 'ONLY' : 'WRITE'}`);
    try {
      await wire.execute(
        `select set_config('search_path', $1, true), set_config('role', $2, true), set_config('request.jwt.claims', $3,
          true), ` +
          `set_config('request.method', $4, true), set_config('request.path', $5, true), set_config('request.headers',
            $6, true), set_config('request.cookies', $7, true)`,
        ['"telephony_api", "telephony"', role, JSON.stringify(claims), ...Object.values(settings)].map((value) => [
          'unknown',
          value,
        ]),
      );
      if (this.#preRequest) await wire.execute(`select ${this.#preRequest.split('.').map(quoted).join('.')}()`);
      const [row] = await wire.execute(...mainCall(this.major, get, description, args));
      await wire.execute('COMMIT');
      return {
        data: JSON.parse(row.body),
        error: null,
        headers: JSON.parse(row.response_headers ?? '[]'),
        count: row.page_total,
      };
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      await wire.execute('ABORT');
      return { data: null, error: answerTo(error), headers: [] };
    }
  }

  close() {
    return this.#wire.close();
  }
}
