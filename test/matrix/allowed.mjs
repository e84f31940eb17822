// Who may do what, written by hand: the oracle of the role matrix. What is not listed here is tried and must be refused.

/** Relations of which a tier reads every column. */
export const READS = {
  anon: ['telephony_api.carrier_forwarding_rules', 'telephony_api.carriers', 'telephony_api.countries'],
  tenant: [
    'telephony_api.audit_log',
    'telephony_api.hybrid_forwarding_configs',
    'telephony_api.organizations',
    'telephony_api.phone_numbers',
    'telephony_api.verified_caller_ids',
  ],
  service: ['telephony_internal.job_overview'],
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
  tenant: ['telephony_api.caller_id_status', 'telephony_api.forwarding_codes', 'telephony_api.verify_caller_id', 'telephony_internal.require_org'].concat(
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
      'test_forwarding',
      'twilio_credentials_status',
    ].flatMap((name) => [`telephony_api.${name}`, `telephony_internal.${name}`]),
  ),
  service: [
    'telephony_api.country_counts',
    'telephony_api.erase_org',
    'telephony_api.export_org',
    'telephony_api.import_org',
    'telephony_api.register_org',
    'telephony_api.request_limits',
    'telephony_api.self_check',
    'telephony_api.set_org_limit',
    'telephony_internal.cancel_job',
    'telephony_internal.country_counts',
    'telephony_internal.dismiss_conflict',
    'telephony_internal.erase_org',
    'telephony_internal.erasure_log',
    'telephony_internal.export_org',
    'telephony_internal.import_org',
    'telephony_internal.installation_id',
    'telephony_internal.register_org',
    'telephony_internal.replay_erasures',
    'telephony_internal.request_limits',
    'telephony_internal.retry_job',
    'telephony_internal.run_self_check',
    'telephony_internal.set_org_limit',
    'telephony_internal.set_voice_settings',
  ],
  sidecar: [
    'adopt_number',
    'advance',
    'claim_credential_checks',
    'claim_jobs',
    'fold_country_counts',
    'hello',
    'list_credentials',
    'live_claims',
    'reconcile_numbers',
    'renew_lease',
    'report_credential',
    'report_orphan',
    'reseal_credential',
    'resume',
    'run_self_check',
  ].map((name) => `telephony_internal.${name}`),
};

/**
 * Functions of the engine that nobody but a superuser and the owner of the tenant schema may execute. All others, but check_request(),
 * are pure, and open to whoever may look into the schema.
 */
export const ENGINE_OF_THE_OWNER = [
  'accept_numbering_plan',
  'embedded_migrations',
  'ensure_owner_role',
  'ensure_schemas',
  'migrate',
  'migrations',
  'org_limits_changed',
  'reference_tables',
  'refuse_quietly',
  'remember_shipped_rows',
  'request_limit_counters',
  'request_limit_refusals',
  'reset_request_limits',
  'rows_of_users',
  'seal_credential',
].map((name) => `telephony.${name}`);
