// Who may do what, written by hand: the oracle of the role matrix. What is not listed here is tried and must be refused.

/** Relations of which a tier reads every column. */
export const READS = {
  anon: ['telephony_api.carrier_forwarding_rules', 'telephony_api.carriers', 'telephony_api.countries'],
  tenant: ['telephony_api.hybrid_forwarding_configs', 'telephony_api.organizations', 'telephony_api.phone_numbers'],
};

/** Functions that a tier may execute, as schema.name; all overloads. */
export const EXECUTES = {
  anon: [
    'telephony_api.carriers_of',
    'telephony_api.is_supported_country',
    'telephony_api.supported_countries',
    'telephony_api.validate_number',
    'telephony_internal.cache_for',
    'telephony_internal.code_template',
    'telephony_internal.resolve_carrier',
    'telephony_internal.resolve_country',
    'telephony_internal.shown',
  ],
  tenant: ['telephony_api.forwarding_codes'].concat(
    [
      'confirm_forwarding_config',
      'create_forwarding_config',
      'disable_forwarding_config',
      'provision_number',
      'provisioning_status',
      'release_number',
      'remove_twilio_credentials',
      'select_country',
      'set_regulatory_profile',
      'set_twilio_credentials',
      'twilio_credentials_status',
    ].flatMap((name) => [`telephony_api.${name}`, `telephony_internal.${name}`]),
  ),
  service: [
    'telephony_api.self_check',
    'telephony_internal.dismiss_conflict',
    'telephony_internal.installation_id',
    'telephony_internal.self_check',
    'telephony_internal.set_voice_settings',
  ],
  sidecar: [
    'adopt_number',
    'advance',
    'claim_credential_checks',
    'claim_jobs',
    'hello',
    'list_credentials',
    'live_claims',
    'reconcile_numbers',
    'renew_lease',
    'report_credential',
    'report_orphan',
    'reseal_credential',
    'resume',
  ].map((name) => `telephony_internal.${name}`),
};

/**
 * Functions of the engine that nobody but a superuser and the owner of the tenant schema may execute. All others are pure, and
 * open to whoever may look into the schema.
 */
export const ENGINE_OF_THE_OWNER = [
  'accept_numbering_plan',
  'embedded_migrations',
  'ensure_owner_role',
  'ensure_schemas',
  'migrate',
  'migrations',
  'reference_tables',
  'remember_shipped_rows',
  'rows_of_users',
].map((name) => `telephony.${name}`);
