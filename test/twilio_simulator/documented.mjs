// What Twilio documents of the requests that telephonyd makes: their paths, and the form of each parameter. Written
// after its OpenAPI document (github.com/twilio/twilio-oai: spec/json/twilio_api_v2010.json, twilio_pricing_v1.json);
// of each request only what telephonyd has a use for.

const BOOLEAN = /^(true|false)$/;
const URL_TEXT = /^(https?:\/\/\S+)?$/;
const sid = (prefix) => new RegExp(`^(${prefix}[0-9a-fA-F]{32})?$`);
const NUMBER = /^\+[1-9][0-9]{1,14}$/;
const NAME = /^.{1,64}$/su;
const PAGE_SIZE = /^([1-9][0-9]{0,2}|1000)$/;

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
    parameters: { PhoneNumber: NUMBER, FriendlyName: NAME, PageSize: PAGE_SIZE, Page: /^\d+$/, PageToken: /^\S+$/ },
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
];

/** What of a request, as the simulator tells it, Twilio does not document; null when all of it is. */
export function undocumented({ method, path, parameters }) {
  const known = REQUESTS.find((each) => each.method === method && new RegExp(`^${each.path}$`).test(path));
  if (!known) return `${method} ${path}`;
  for (const [name, value] of Object.entries(parameters)) {
    if (!known.parameters[name]?.test(value)) return `${method} ${path}: ${name}=${value}`;
  }
  return null;
}
