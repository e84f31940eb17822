// What Twilio documents of the requests that telephonyd makes: their paths, and the form of each parameter; and of the
// answers about calls and caller ids their fields. Written after its OpenAPI document (github.com/twilio/twilio-oai:
// spec/json/ twilio_api_v2010, twilio_pricing_v1, twilio_pricing_v2 and twilio_voice_v1); of each request only what
// telephonyd has a use for.

const BOOLEAN = /^(true|false)$/;
const URL_TEXT = /^(https?:\/\/\S+)?$/;
const sid = (prefix) => new RegExp(`^(${prefix}[0-9a-fA-F]{32})?$`);
const NUMBER = /^\+[1-9][0-9]{1,14}$/;
const NAME = /^.{1,64}$/su;
const PAGE_SIZE = /^([1-9][0-9]{0,2}|1000)$/;

const PAGE = { PageSize: PAGE_SIZE, Page: /^\d+$/, PageToken: /^\S+$/ };
const METHOD = /^(GET|POST)$/;
const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/;
const CALL_STATUS = /^(queued|ringing|in-progress|completed|busy|failed|no-answer|canceled)$/;

const ACCOUNT = '/2010-04-01/Accounts/AC[0-9a-fA-F]{32}';
const VOICE = {
  VoiceUrl: URL_TEXT,
  VoiceApplicationSid: sid('AP'),
  TrunkSid: sid('TK'),
  SmsUrl: URL_TEXT,
};

/** By request, `path` and the parameters it may have. */
const REQUESTS = [
  { method: 'GET', path: `${ACCOUNT}\\.json`, parameters: {} },
  {
    method: 'GET',
    path: `${ACCOUNT}/AvailablePhoneNumbers/[A-Z]{2}/(Local|Mobile|TollFree|National)\\.json`,
    parameters: {
      AreaCode: /^[2-9][0-9]{2}$/,
      Contains: /^[0-9a-zA-Z*]{2,16}$/,
      InLocality: NAME,
      VoiceEnabled: BOOLEAN,
      PageSize: PAGE_SIZE,
    },
  },
  {
    method: 'GET',
    path: `${ACCOUNT}/IncomingPhoneNumbers\\.json`,
    parameters: { PhoneNumber: NUMBER, FriendlyName: NAME, ...PAGE },
  },
  {
    method: 'POST',
    path: `${ACCOUNT}/IncomingPhoneNumbers\\.json`,
    parameters: { PhoneNumber: NUMBER, FriendlyName: NAME, AddressSid: sid('AD'), BundleSid: sid('BU'), ...VOICE },
  },
  { method: 'GET', path: `${ACCOUNT}/IncomingPhoneNumbers/PN[0-9a-fA-F]{32}\\.json`, parameters: {} },
  {
    method: 'POST',
    path: `${ACCOUNT}/IncomingPhoneNumbers/PN[0-9a-fA-F]{32}\\.json`,
    parameters: {
      FriendlyName: NAME,
      EmergencyStatus: /^(Active|Inactive)$/,
      EmergencyAddressSid: sid('AD'),
      ...VOICE,
    },
  },
  { method: 'DELETE', path: `${ACCOUNT}/IncomingPhoneNumbers/PN[0-9a-fA-F]{32}\\.json`, parameters: {} },
  { method: 'GET', path: '/v1/PhoneNumbers/Countries/[A-Z]{2}', parameters: {} },
  {
    method: 'POST',
    path: `${ACCOUNT}/OutgoingCallerIds\\.json`,
    parameters: {
      PhoneNumber: NUMBER,
      FriendlyName: NAME,
      CallDelay: /^([0-9]|[1-5][0-9]|60)$/,
      Extension: /^[0-9]+$/,
      StatusCallback: URL_TEXT,
      StatusCallbackMethod: METHOD,
    },
  },
  {
    method: 'GET',
    path: `${ACCOUNT}/OutgoingCallerIds\\.json`,
    parameters: { PhoneNumber: NUMBER, FriendlyName: NAME, ...PAGE },
  },
  { method: 'GET', path: `${ACCOUNT}/OutgoingCallerIds/PN[0-9a-fA-F]{32}\\.json`, parameters: {} },
  {
    method: 'POST',
    path: `${ACCOUNT}/OutgoingCallerIds/PN[0-9a-fA-F]{32}\\.json`,
    parameters: { FriendlyName: NAME },
  },
  { method: 'DELETE', path: `${ACCOUNT}/OutgoingCallerIds/PN[0-9a-fA-F]{32}\\.json`, parameters: {} },
  {
    method: 'POST',
    path: `${ACCOUNT}/Calls\\.json`,
    parameters: {
      To: NUMBER,
      From: NUMBER,
      Url: URL_TEXT,
      Method: METHOD,
      Twiml: /^.{1,4000}$/su,
      Timeout: /^([1-9][0-9]?|[1-5][0-9]{2}|600)$/,
      TimeLimit: /^[1-9][0-9]{0,4}$/,
      MachineDetection: /^(Enable|DetectMessageEnd)$/,
      StatusCallback: URL_TEXT,
      StatusCallbackMethod: METHOD,
      StatusCallbackEvent: /^(initiated|ringing|answered|completed)$/,
    },
  },
  {
    method: 'GET',
    path: `${ACCOUNT}/Calls\\.json`,
    parameters: {
      To: NUMBER,
      From: NUMBER,
      Status: CALL_STATUS,
      StartTime: DAY_OR_TIME,
      'StartTime<': DAY_OR_TIME,
      'StartTime>': DAY_OR_TIME,
      ...PAGE,
    },
  },
  { method: 'GET', path: `${ACCOUNT}/Calls/CA[0-9a-fA-F]{32}\\.json`, parameters: {} },
  {
    method: 'POST',
    path: `${ACCOUNT}/Calls/CA[0-9a-fA-F]{32}\\.json`,
    parameters: { Status: /^(canceled|completed)$/, Url: URL_TEXT, Twiml: /^.{1,4000}$/su },
  },
  { method: 'DELETE', path: `${ACCOUNT}/Calls/CA[0-9a-fA-F]{32}\\.json`, parameters: {} },
  { method: 'GET', path: '/v1/DialingPermissions/Countries/[A-Z]{2}', parameters: {} },
  { method: 'GET', path: '/v1/Voice/Numbers/(%2B|\\+)[1-9][0-9]{1,14}', parameters: {} },
  {
    method: 'GET',
    path: '/v2/Voice/Numbers/(%2B|\\+)[1-9][0-9]{1,14}',
    parameters: { OriginationNumber: NUMBER },
  },
];

const any = /^/;
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/;
const FORMATTED = /^(\+\d+|\(\d{3}\) \d{3}-\d{4})$/;

/** By schema of the document, the form of each field; every field may be null there. */
const ANSWERS = {
  'api.v2010.account.call': {
    sid: sid('CA'),
    date_created: DATE,
    date_updated: DATE,
    parent_call_sid: sid('CA'),
    account_sid: sid('AC'),
    to: NUMBER,
    to_formatted: FORMATTED,
    from: NUMBER,
    from_formatted: FORMATTED,
    phone_number_sid: sid('PN'),
    status: CALL_STATUS,
    start_time: DATE,
    end_time: DATE,
    duration: /^\d+$/,
    price: /^-?\d+\.\d+$/,
    price_unit: /^[A-Z]{3}$/,
    direction: /^(inbound|outbound-api|outbound-dial|trunking-originating|trunking-terminating)$/,
    answered_by: /^(human|machine_start|machine_end_beep|machine_end_silence|machine_end_other|fax|unknown)$/,
    api_version: /^2010-04-01$/,
    forwarded_from: NUMBER,
    group_sid: sid('GP'),
    caller_name: any,
    queue_time: /^\d+$/,
    trunk_sid: sid('TK'),
    uri: /^\/2010-04-01\//,
    subresource_uris: any,
  },
  'api.v2010.account.outgoing_caller_id': {
    sid: sid('PN'),
    date_created: DATE,
    date_updated: DATE,
    friendly_name: NAME,
    account_sid: sid('AC'),
    phone_number: NUMBER,
    uri: /^\/2010-04-01\//,
  },
  'api.v2010.account.validation_request': {
    account_sid: sid('AC'),
    call_sid: sid('CA'),
    friendly_name: NAME,
    phone_number: NUMBER,
    validation_code: /^\d{6}$/,
  },
  'voice.v1.dialing_permissions.dialing_permissions_country-instance': {
    iso_code: /^[A-Z]{2}$/,
    name: any,
    continent: /^[A-Z_]+$/,
    country_codes: any,
    low_risk_numbers_enabled: BOOLEAN,
    high_risk_special_numbers_enabled: BOOLEAN,
    high_risk_tollfraud_numbers_enabled: BOOLEAN,
    url: any,
    links: any,
  },
  'pricing.v1.voice.voice_number': {
    number: NUMBER,
    country: any,
    iso_country: /^[A-Z]{2}$/,
    outbound_call_price: any,
    inbound_call_price: any,
    price_unit: /^[A-Z]{3}$/,
    url: any,
  },
  'pricing.v2.voice.voice_number': {
    destination_number: NUMBER,
    origination_number: NUMBER,
    country: any,
    iso_country: /^[A-Z]{2}$/,
    outbound_call_prices: any,
    inbound_call_price: any,
    price_unit: /^[A-Z]{3}$/,
    url: any,
  },
};

/** What of an answer is not as the schema with this name says; null when all of it is. */
export function deviation(schema, body) {
  const fields = ANSWERS[schema];
  const missing = Object.keys(fields).filter((name) => !(name in body));
  if (missing.length > 0) return `${schema} lacks ${missing}`;
  const wrong = Object.entries(body).find(
    ([name, value]) => !(name in fields) || !(value === null || fields[name].test(value)),
  );
  return wrong ? `${schema}: ${wrong[0]}=${JSON.stringify(wrong[1])}` : null;
}

/** What of a request, as the simulator tells it, Twilio does not document; null when all of it is. */
export function undocumented({ method, path, parameters }) {
  const known = REQUESTS.find((each) => each.method === method && new RegExp(`^${each.path}$`).test(path));
  if (!known) return `${method} ${path}`;
  for (const [name, value] of Object.entries(parameters)) {
    if (!known.parameters[name]?.test(value)) return `${method} ${path}: ${name}=${value}`;
  }
  return null;
}
