// The schema telephony_api as the clients of PostgREST and Supabase take it: createClient<Database>(...),
// or new PostgrestClient<Database, {}, 'telephony_api'>(...). Made by `make reference` from the catalog of a
// migrated database; a test compares the two.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export interface Database {
  telephony_api: {
    Tables: {};
    Views: {
      /** Every change made through the API, oldest first by seq. Append-only; numbers are masked. */
      audit_log: {
        Row: {
          /** The organization that was changed. */
          org_id: string;
          /** Order of the changes. */
          seq: number;
          /** When. */
          at: string;
          /** The sub claim of the token; the login role where there was no token. */
          actor: string;
          /** Database role of the request, such as authenticated. */
          role: string;
          /** The function that was called. */
          action: string;
          /** Table of what was changed, with its key within the organization where there are several. */
          entity: string;
          /** Before; NULL: there was nothing. */
          old: Json | null;
          /** After; NULL: it is gone. */
          new: Json | null;
          /**
           * Address of the client: the element of X-Forwarded-For that the nearest proxy wrote (settings
           * telephony.client_address_header and trusted_hops); that of the connection where there are no
           * headers.
           */
          ip: string | null;
          /** User-Agent of the request, at most 200 characters. */
          user_agent: string | null;
        };
        Relationships: [];
      };
      /**
       * Countries and codes in the shape of the earlier system, with corrected codes. New applications call
       * forwarding_codes(), which writes the number as the carrier wants it.
       */
      carrier_forwarding_rules: {
        Row: {
          /** See countries. */
          country_code: string | null;
          /** See countries. */
          country_name: string | null;
          /** See countries. */
          recommended_twilio_country: string | null;
          /**
           * {slug: {total_ai, safety_net, deactivate}} with {number} (E.164 with +), {number_10} (ten plain
           * digits, star codes) and {ring_time}. Several codes are separated by a space and dialled one by one,
           * never in one link. deactivate undoes everything.
           */
          carrier_codes: Json | null;
          /** See countries. */
          forwarding_cost_estimate: string | null;
          /** See countries. */
          warning_message: string | null;
          /** See countries. */
          setup_notes: string | null;
          /** See countries. */
          is_active: boolean | null;
        };
        Relationships: [];
      };
      /**
       * Mobile carriers as structure: dialect, safety-net form, timer, number style. The engine derives
       * every code from it, the off code from the on code.
       */
      carriers: {
        Row: {
          /** Country of the carrier. */
          country_code: string;
          /** Lower-case slug, such as mtn. */
          carrier_name: string;
          /** Name for people. */
          display_name: string;
          /** mmi: 3GPP TS 22.030 codes; star: North American *72 codes. */
          dialect: string;
          /** How missed calls are forwarded: {004} at once, {61,62,67} one by one, {71} for star codes. */
          safety_net_codes: string[];
          /** Whether the no-reply code takes a ring time. */
          ring_time_adjustable: boolean;
          /**
           * How the destination is written in the code: e164 (+...), national (trunk prefix), ten_digits,
           * eleven_digits (leading 1).
           */
          number_style: string;
          /**
           * 11 (telephony) where the network wants the basic service group named in the codes; NULL: it does
           * not.
           */
          service_group: string | null;
          /** Ends every forwarding of the line, whoever set it. */
          reset_code: string;
          /** Further names of the carrier itself: short, former. Spellings of a name need none. */
          other_names: string[];
          /** Slugs of resellers on its network. */
          aliases: string[];
          /** What a subscriber should know. */
          notes: string | null;
          /** Where the structure was learnt. */
          source: string;
          /** When it was last checked against a source of the operator itself; NULL: never. */
          verified_on: string | null;
          /** Only active carriers are offered. */
          is_active: boolean;
          /** When the row was made. */
          created_at: string;
          /** When the row was last changed. */
          updated_at: string;
        };
        Relationships: [];
      };
      /**
       * The countries an organization can choose (is_active), where its number is bought, and what
       * forwarding to it costs.
       */
      countries: {
        Row: {
          /** ISO 3166-1 alpha-2, upper case. */
          country_code: string;
          /** English name. */
          country_name: string;
          /** ITU-T E.164 calling code. */
          calling_code: number;
          /** Where the number comes from when all goes well. */
          recommended_twilio_country: string;
          /** Countries to search for a number, in this order. */
          provision_countries: string[];
          /** Kinds of number to search in each of them, in this order: Local, Mobile, TollFree, National. */
          number_types: string[];
          /**
           * True: numbers OF this country (bought for whichever country) are sold only with an address or a
           * regulatory bundle; see set_regulatory_profile().
           */
          needs_regulatory_profile: boolean;
          /** What the carrier charges for a forwarded call, in words; an estimate. */
          forwarding_cost_estimate: string;
          /** What a subscriber must know before choosing this country. */
          warning_message: string | null;
          /** What helps when setting up. */
          setup_notes: string | null;
          /** Only active countries can be chosen. */
          is_active: boolean;
          /** When the row was made. */
          created_at: string;
          /** When the row was last changed. */
          updated_at: string;
        };
        Relationships: [];
      };
      /**
       * How a subscriber's own line is forwarded to the organization's number: one row a line, with the
       * codes as they were when they were shown.
       */
      hybrid_forwarding_configs: {
        Row: {
          /** The organization. */
          org_id: string;
          /** Key within the organization. */
          id: string;
          /** The line whose calls are forwarded. */
          sim_phone_number: string;
          /** total_ai: all calls; safety_net: those not taken. */
          forwarding_type: string;
          /** Country of the carrier. */
          country_code: string;
          /** Carrier of the line, a slug of carriers. */
          carrier_name: string;
          /** Number the codes forward to. */
          twilio_forwarding_number: string;
          /** How long the line rings before the call is forwarded; NULL: as the network has it. */
          ring_time_seconds: number | null;
          /**
           * The steps as generated: activation, deactivation and status codes. Never made again: the off code
           * shown later undoes the on code that was dialled.
           */
          codes: Json;
          /**
           * Steps shown for this line earlier that the present codes do not undo: if one was dialled, its
           * deactivation code ends it.
           */
          superseded_codes: Json;
          /**
           * pending_setup: codes shown; active: the subscriber says they were dialled; disabled: no longer
           * wanted, the deactivation codes were shown.
           */
          status: string;
          /** The subscriber says the codes were dialled. */
          user_confirmed_setup: boolean;
          /** When they said so. */
          confirmed_at: string | null;
          /** Result of the last test call: verified, not_forwarded or untestable; NULL: never tested. */
          forwarding_verdict: string | null;
          /** When it was tested. */
          tested_at: string | null;
          /** When the row was made. */
          created_at: string;
          /** When it last changed. */
          updated_at: string;
        };
        Relationships: [];
      };
      /**
       * The organizations telephony knows. Rows appear by the first call that changes something,
       * register_org() or import_org(); the id is the one in the JWT.
       */
      organizations: {
        Row: {
          /** The organization id of the application, as the JWT carries it. */
          id: string;
          /** Country its people call from. */
          telephony_country: string | null;
          /** The live number, NULL while there is none. */
          assigned_twilio_number: string | null;
          /** Carrier last chosen, a slug of carriers. */
          forwarding_carrier: string | null;
          /** When the row was made. */
          created_at: string;
          /** When the row was last changed. */
          updated_at: string;
        };
        Relationships: [];
      };
      /** Numbers bought for an organization, the released ones too. */
      phone_numbers: {
        Row: {
          /** The organization. */
          org_id: string;
          /** Key within the organization. */
          id: string;
          /** The number. */
          number: string;
          /** Its SID at Twilio: the only authority to release it. */
          number_sid: string;
          /** The Twilio account that holds it. */
          account_sid: string;
          /** Country the organization had chosen when it was bought. */
          country_code: string;
          /** live, releasing or released; at most one not released per organization. */
          status: string;
          /** The job that bought or adopted it; its id is in the tag at Twilio. */
          job_id: string;
          /** date_created at Twilio. */
          purchased_at: string;
          /** When Twilio confirmed the release. */
          released_at: string | null;
        };
        Relationships: [];
      };
      /** Numbers of an organization that it may show as caller, as Twilio has verified them by a call. */
      verified_caller_ids: {
        Row: {
          /** The organization. */
          org_id: string;
          /** Key within the organization. */
          id: string;
          /** The number to be shown. */
          phone_number: string;
          /** What the organization calls it, at most 64 characters. */
          friendly_name: string | null;
          /**
           * pending: Twilio calls, or is about to; verified; failed: the code was not entered; expired: nobody
           * answered in time.
           */
          status: string;
          /** Six digits to be typed during the call, while pending. */
          validation_code: string | null;
          /** Calls made so far, at most 3. */
          attempts: number;
          /** Until when the code holds. */
          expires_at: string | null;
          /** When Twilio said so. */
          verified_at: string | null;
          /** When it was asked for. */
          created_at: string;
          /** When it last changed. */
          updated_at: string;
        };
        Relationships: [];
      };
    };
    Functions: {
      /**
       * How the verification of a caller id of yours stands, with the code while Twilio asks for it. PT404:
       * not one of yours.
       */
      caller_id_status: {
        Args: {
          id: string;
        };
        Returns: {
          id: string | null;
          status: string | null;
          validation_code: string | null;
          expires_at: string | null;
          attempts_left: number | null;
        };
      };
      /**
       * The carriers known in a country. verified_on is empty where no source of the operator itself is
       * known. PT400 lists the supported countries.
       */
      carriers_of: {
        Args: {
          country_code: string;
        };
        Returns: ({
          carrier_name: string | null;
          display_name: string | null;
          ring_time_adjustable: boolean | null;
          verified_on: string | null;
          notes: string | null;
        })[];
      };
      /**
       * The codes were dialled and the phone confirmed them. PT409 when the configuration was disabled
       * meanwhile.
       */
      confirm_forwarding_config: {
        Args: {
          id: string;
        };
        Returns: Database['telephony_api']['Views']['hybrid_forwarding_configs']['Row'];
      };
      /**
       * How many organizations there are by country, carrier (empty: none chosen) and whether they have a
       * number. Those without a country are not counted.
       */
      country_counts: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['country_count'][];
      };
      /**
       * The codes with which one of your lines is forwarded to your organization's number, kept so that it
       * can be undone. PT409 without a live number, or while the line is forwarded in another way: the
       * detail says what to dial first.
       */
      create_forwarding_config: {
        Args: {
          sim_phone_number: string;
          country_code: string;
          carrier_name: string;
          forwarding_type: string;
          ring_time_seconds?: number;
        };
        Returns: Database['telephony_api']['Views']['hybrid_forwarding_configs']['Row'];
      };
      /**
       * The forwarding is no longer wanted. Returns the row: dial its deactivation codes, which undo exactly
       * what was dialled.
       */
      disable_forwarding_config: {
        Args: {
          id: string;
        };
        Returns: Database['telephony_api']['Views']['hybrid_forwarding_configs']['Row'];
      };
      /**
       * Erases an organization for good, by a job: a purchase is cancelled, its number released, what may
       * still turn up at Twilio waited for (24 hours after a purchase or release), then all its rows are
       * deleted, the credentials last. Until then every change of it is refused. The reason names lines that
       * are still forwarded. Take its members' tokens away first. PT404: not known here.
       */
      erase_org: {
        Args: {
          org_id: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['number_job'][];
      };
      /**
       * All that is kept of an organization, numbers in full, one list a table; of its Twilio credentials
       * all but the token. PT404: not known here.
       */
      export_org: {
        Args: {
          org_id: string;
        };
        Returns: Json;
      };
      /**
       * The codes to dial, step by step, so that a carrier forwards all calls (total_ai) or the missed ones
       * (safety_net) to the destination, with the codes that undo and query each.
       */
      forwarding_codes: {
        Args: {
          country_code: string;
          carrier_name: string;
          forwarding_type: string;
          destination: string;
          ring_time_seconds?: number;
        };
        Returns: ({
          ring_time_seconds: number | null;
          step: number | null;
          condition: string | null;
          activation_code: string | null;
          deactivation_code: string | null;
          status_code: string | null;
          activation_uri: string | null;
          note: string | null;
          verified: boolean | null;
        })[];
      };
      /**
       * Brings an organization of an earlier system in: its country, carrier, and the number it has at
       * Twilio (E.164, PN..., AC..., date_created; default now), which is its live number from then on and
       * is not touched at Twilio. Again with the same values: nothing changes. PT409 says why a number is
       * not taken in.
       */
      import_org: {
        Args: {
          org_id: string;
          country_code: string;
          carrier_name?: string;
          number?: string;
          number_sid?: string;
          account_sid?: string;
          purchased_at?: string;
        };
        Returns: Database['telephony_api']['Views']['organizations']['Row'];
      };
      /** Whether a two-letter country code, in either case, can be chosen. */
      is_supported_country: {
        Args: {
          country_code: string;
        };
        Returns: boolean;
      };
      /**
       * This API in the OpenAPI format 3.1: what the caller may read and call, and no verb that would be
       * refused.
       */
      openapi: {
        Args: Record<PropertyKey, never>;
        Returns: Json;
      };
      /**
       * Asks for a number for your organization. Returns at once with the job; provisioning_status() tells
       * how it goes. While a job runs, that job is returned. PT409 when there is a number already.
       */
      provision_number: {
        Args: {
          country_code?: string;
          carrier_name?: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['number_job'][];
      };
      /**
       * How the latest job of your organization stands: state, number, and the reason when it waits or
       * failed. State none: nothing was ever asked for.
       */
      provisioning_status: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['number_status'][];
      };
      /**
       * Makes an organization known, with neither country nor number; one that is known stays as it is.
       * PT409 while it is being erased.
       */
      register_org: {
        Args: {
          org_id: string;
        };
        Returns: Database['telephony_api']['Views']['organizations']['Row'];
      };
      /**
       * Gives the number of your organization back to Twilio, for good; while a number is being bought,
       * cancels that. The reason names lines that are still forwarded to it, with the codes to dial. PT404
       * when there is neither.
       */
      release_number: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['number_job'][];
      };
      /**
       * Takes your Twilio credentials back; answers with what was removed. PT409: a number, a job or a
       * purchase given up lately still needs them.
       */
      remove_twilio_credentials: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['twilio_account'][];
      };
      /**
       * The request limits of this server: settings, requests and refusals since the start, clients and
       * organizations counted now, and who of this database is refused most (addresses only as the network
       * they are in).
       */
      request_limits: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['request_limit_report'][];
      };
      /**
       * Chooses the country your organization calls from, creating the organization here the first time. A
       * number already assigned is not moved; the warning says so. PT400 lists the supported countries.
       */
      select_country: {
        Args: {
          country_code: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['chosen_country'][];
      };
      /**
       * Whether row-level security, policies, rights, functions, indexes, logins, versions, settings,
       * carriers, jobs, holds, numbers and counts are in order; detail says what is not.
       */
      self_check: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['check_result'][];
      };
      /**
       * Gives an organization a request limit of its own, in requests an hour; 0 lets nothing pass, null
       * takes it back. On this server from the commit on, on a replica from the organization's next window
       * on.
       */
      set_org_limit: {
        Args: {
          org_id: string;
          per_hour: number;
        };
        Returns: Database['telephony_api']['CompositeTypes']['org_limit'][];
      };
      /**
       * Address (AD...) and regulatory bundle (BU...) of your Twilio account to buy a kind of number in a
       * country with; neither: removes the profile. Only purchases from now on use it.
       */
      set_regulatory_profile: {
        Args: {
          country_code: string;
          number_type: string;
          address_sid?: string;
          bundle_sid?: string;
        };
        Returns: {
          country_code: string | null;
          number_type: string | null;
          address_sid: string | null;
          bundle_sid: string | null;
          org_id: string | null;
          set_at: string | null;
        };
      };
      /**
       * Hands in your own Twilio account: its SID, and its auth token, an API key as SK...:secret, or a box
       * sealed by the client (docs/credentials.md). Stored sealed; tried at Twilio at once, see
       * twilio_credentials_status(). PT409: the account before is still needed.
       */
      set_twilio_credentials: {
        Args: {
          account_sid: string;
          auth_token: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['twilio_account'][];
      };
      /**
       * The countries an organization can choose, where its number would come from and what forwarding costs
       * there.
       */
      supported_countries: {
        Args: Record<PropertyKey, never>;
        Returns: ({
          country_code: string | null;
          country_name: string | null;
          recommended_twilio_country: string | null;
          forwarding_cost_estimate: string | null;
          warning_message: string | null;
        })[];
      };
      /**
       * Calls a forwarded line of yours and sees whether the call arrives at your number. PT501: this
       * version does not do that yet.
       */
      test_forwarding: {
        Args: {
          id: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['number_job'][];
      };
      /**
       * Your own Twilio account: status unverified, verified or refused, and then the problem with what to
       * do. No row: none was handed in.
       */
      twilio_credentials_status: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['twilio_account'][];
      };
      /**
       * What a typed number is: its E.164 form, whether it is possible and in the numbering plan, its region
       * and type, how it is written, the extension behind it, and the problem with it or what of the text is
       * no part of it.
       */
      validate_number: {
        Args: {
          number: string;
          region?: string;
        };
        Returns: {
          region: string | null;
          e164: string | null;
          is_possible: boolean | null;
          is_valid: boolean | null;
          number_type: Database['telephony_api']['Enums']['phone_number_type'] | null;
          national: string | null;
          international: string | null;
          extension: string | null;
          problem: string | null;
        };
      };
      /**
       * Has Twilio call a number of yours and ask for the code shown here, so that it may be shown as
       * caller. PT501: this version does not do that yet.
       */
      verify_caller_id: {
        Args: {
          phone_number: string;
          friendly_name?: string;
        };
        Returns: ({
          id: string | null;
          status: string | null;
          validation_code: string | null;
          expires_at: string | null;
          attempts_left: number | null;
        })[];
      };
    };
    Enums: {
      /** what kind of service answers a number, as far as the numbering plan tells */
      phone_number_type: 
        | 'fixed_line'
        | 'mobile'
        | 'fixed_line_or_mobile'
        | 'toll_free'
        | 'premium_rate'
        | 'shared_cost'
        | 'voip'
        | 'personal_number'
        | 'pager'
        | 'uan'
        | 'voicemail';
    };
    CompositeTypes: {
      /** One line of self_check(). */
      check_result: {
        /** What must be so. */
        check: string | null;
        /** Whether it is. */
        ok: boolean | null;
        /** What is not, and what to do. */
        detail: string | null;
      };
      /** What select_country() answers. */
      chosen_country: {
        /** The organization. */
        org_id: string | null;
        /** The country, as a two-letter code. */
        telephony_country: string | null;
        /** Its name. */
        country_name: string | null;
        /** Where the number comes from. */
        recommended_twilio_country: string | null;
        /** What the subscriber must know. */
        warning_message: string | null;
        /** The carriers known there. */
        carriers: Json | null;
      };
      /** Organizations of a country and carrier, with a number or without. */
      country_count: {
        /** Country chosen. */
        country_code: string | null;
        /** Carrier chosen; NULL: none. */
        carrier_name: string | null;
        /** Whether a number is assigned. */
        provisioned: boolean | null;
        /** How many. */
        organizations: number | null;
      };
      /** A job as an organization sees it. */
      number_job: {
        /** The job. */
        job_id: string | null;
        /** State it is in. */
        state: string | null;
        /** Candidate or number; NULL: none yet. */
        number: string | null;
        /** Why it waits or failed, and what to do. */
        reason: string | null;
        /** When it was asked for. */
        created_at: string | null;
        /** When it last changed. */
        updated_at: string | null;
      };
      /** How the latest job of an organization stands. */
      number_status: {
        /** State it is in; none: nothing was ever asked for. */
        state: string | null;
        /** Candidate or number; NULL: none yet. */
        number: string | null;
        /** Country it is for. */
        country_code: string | null;
        /** Why it waits or failed, and what to do. */
        reason: string | null;
        /** The job. */
        job_id: string | null;
        /** When it last changed. */
        updated_at: string | null;
      };
      /** The request limit of an organization. */
      org_limit: {
        /** The organization. */
        organization: string | null;
        /** Requests an hour; NULL: the limit that all have. */
        requests_per_hour: number | null;
        /** When it was set. */
        set_at: string | null;
      };
      /** The request limits of this server. */
      request_limit_report: {
        /** Since when is counted. */
        since: string | null;
        /** Requests counted. */
        requests: number | null;
        /** Of them refused. */
        refused: number | null;
        /** In percent. */
        refused_percent: number | null;
        /** Refused for their address. */
        refused_by_address: number | null;
        /** Refused for their IPv6 site, a /48. */
        refused_by_site: number | null;
        /** Refused for their organization. */
        refused_by_organization: number | null;
        /** Counted together in an overflow bucket, as no place was free. */
        overflowed: number | null;
        /** Without an address. */
        unaddressed: number | null;
        /** From networks that are not limited. */
        exempt: number | null;
        /** Addresses counted now. */
        addresses: number | null;
        /** IPv6 sites counted now. */
        sites: number | null;
        /** Organizations counted now. */
        organizations: number | null;
        /** Places in the table. */
        entries: number | null;
        /** Its size. */
        memory_bytes: number | null;
        /** Where it is. */
        memory: string | null;
        /** The settings. */
        settings: Json | null;
        /** Who is refused most. */
        most_refused: Json | null;
      };
      /** Twilio credentials as their organization may see them: the account masked, never the box. */
      twilio_account: {
        /** The account, masked. */
        account: string | null;
        /** unverified, verified or refused. */
        status: string | null;
        /** Trial or Full, as Twilio says. */
        account_type: string | null;
        /** Which key of telephonyd opens the box. */
        key_id: string | null;
        /** Why they are refused, and what to do. */
        problem: string | null;
        /** When Twilio last showed the account active. */
        verified_at: string | null;
        /** When they were handed in. */
        set_at: string | null;
      };
    };
  };
}

/** The body of an answer that is a refusal. */
export interface Refusal {
  /** Stable: to be compared with. */
  code: string;
  message: string;
  details: string | null;
  /** What to do about it; null where there is nothing to say. */
  hint: string | null;
}
