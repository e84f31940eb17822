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
          /** What its codes look like. */
          dialect: Database['telephony_api']['Enums']['dialect'];
          /** How missed calls are forwarded: {004} at once, {61,62,67} one by one, {71} for star codes. */
          safety_net_codes: string[];
          /** Whether the no-reply code takes a ring time. */
          ring_time_adjustable: boolean;
          /** How the destination is written in the code. */
          number_style: Database['telephony_api']['Enums']['number_style'];
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
          /** What a subscriber should know; NULL: nothing. */
          notes: string | null;
          /** Where the structure was learnt, and what of it is not certain: for whoever looks after carriers. */
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
          number_types: Database['telephony_api']['Enums']['number_type'][];
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
          forwarding_type: Database['telephony_api']['Enums']['forwarding_type'];
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
          codes: Database['telephony_api']['CompositeTypes']['dial_step'][];
          /**
           * Steps shown for this line earlier that the present codes do not undo: if one was dialled, its
           * deactivation code ends it.
           */
          superseded_codes: Database['telephony_api']['CompositeTypes']['dial_step'][];
          /**
           * pending_setup: codes shown; active: the subscriber says they were dialled; disabled: no longer
           * wanted, the deactivation codes were shown.
           */
          status: Database['telephony_api']['Enums']['forwarding_status'];
          /** The subscriber says the codes were dialled. */
          user_confirmed_setup: boolean;
          /** When they said so. */
          confirmed_at: string | null;
          /** Result of the last test call: verified, not_forwarded or untestable; NULL: never tested. */
          forwarding_verdict: Database['telephony_api']['Enums']['forwarding_verdict'] | null;
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
       * register_org() or import_org(); the id is the one in the JWT, or telephony.org_uuid() of the text
       * there.
       */
      organizations: {
        Row: {
          /**
           * The organization id of the application, as the JWT carries it, or telephony.org_uuid() of the text
           * there.
           */
          id: string;
          /** Country its people call from. */
          telephony_country: string | null;
          /** The live number, NULL while there is none: one that is being released is the organization's no more. */
          assigned_twilio_number: string | null;
          /**
           * Carrier last used in that country, a slug of carriers: by the latest configuration, or as chosen
           * since.
           */
          forwarding_carrier: string | null;
          /** When the row was made. */
          created_at: string;
          /** When the row was last changed. */
          updated_at: string;
          /**
           * The text in the JWT that the id is made of; NULL: the JWT carries the id itself, or the text was
           * never told.
           */
          original_id: string | null;
        };
        Relationships: [];
      };
      /** Numbers bought for an organization, those no longer its own too. */
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
          /**
           * live, releasing, released, or written_off by an operator; at most one of an organization is live or
           * releasing.
           */
          status: Database['telephony_api']['Enums']['number_status'];
          /** The job that bought or adopted it; its id is in the tag at Twilio. */
          job_id: string;
          /** date_created at Twilio. */
          purchased_at: string;
          /** When Twilio confirmed the release, or an operator wrote it off. */
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
           * pending: Twilio calls, or is about to; verified; failed: the code was not entered, or Twilio did not
           * call; expired: nobody answered, or the verification has lapsed.
           */
          status: Database['telephony_api']['Enums']['verification_status'];
          /** What is to be typed during the call, while pending; NULL: not told yet. */
          validation_code: string | null;
          /**
           * Until when the code counts, known when the call has ended; of a verified one until when it counts as
           * verified.
           */
          expires_at: string | null;
          /** When Twilio said so. */
          verified_at: string | null;
          /** Twilio account that it is, or is to be, verified in. */
          account_sid: string;
          /** SID of the caller id at Twilio; NULL: not verified there, as far as is known. */
          caller_id_sid: string | null;
          /** Whether a call of ours has made it at Twilio: the erasure of the organization deletes it there. */
          made_here: boolean;
          /** When it was last seen at Twilio. */
          checked_at: string | null;
          /** Why it failed, has lapsed or waits, and what to do. */
          reason: string | null;
          /** The reason as a code of reason_codes(). */
          reason_code: string | null;
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
       * How the verification of a caller id of yours stands, with the code while Twilio asks for it.
       * caller_id_not_found (404): not one of yours.
       */
      caller_id_status: {
        Args: {
          id: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['caller_id'];
      };
      /**
       * The carriers known in a country. verified_on is empty where no source of the operator itself is
       * known. country_not_supported (400) lists those that are.
       */
      carriers_of: {
        Args: {
          country_code: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['carrier'][];
      };
      /**
       * The codes were dialled and the phone confirmed them. config_disabled (409) when the configuration
       * was disabled meanwhile.
       */
      confirm_forwarding_config: {
        Args: {
          id: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['forwarding_config'];
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
       * can be undone. The line may be written as people of that country write it. Asked again for the same,
       * it answers with the same configuration. no_number (409) without a live number;
       * line_forwarded_already (409) while the line is forwarded in another way: the detail says what to
       * dial first.
       */
      create_forwarding_config: {
        Args: {
          sim_phone_number: string;
          country_code: string;
          carrier_name: string;
          forwarding_type: Database['telephony_api']['Enums']['forwarding_type'];
          ring_time_seconds?: number | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['forwarding_config'];
      };
      /**
       * The forwarding is no longer wanted. Returns the row: dial its deactivation codes, which undo exactly
       * what was dialled.
       */
      disable_forwarding_config: {
        Args: {
          id: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['forwarding_config'];
      };
      /**
       * Erases an organization for good, by a job: a purchase is cancelled, its number released, what may
       * still turn up at Twilio waited for (24 hours after a purchase or release), then all its rows are
       * deleted, the credentials last. Until then every change of it is refused; asked again, reason says
       * what it waits for. forwarded_lines names lines that are still forwarded. Take its members' tokens
       * away first. telephony.org_uuid() makes the id of a text that tokens carry. organization_unknown
       * (404): not known here.
       */
      erase_org: {
        Args: {
          org_id: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['job'];
      };
      /**
       * All that is kept of an organization, numbers in full, one list a table; of its Twilio credentials
       * all but the token. telephony.org_uuid() makes the id of a text that tokens carry, which the answer
       * has as original_id. organization_unknown (404): not known here.
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
          forwarding_type: Database['telephony_api']['Enums']['forwarding_type'];
          destination: string;
          ring_time_seconds?: number | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['dial_step'][];
      };
      /**
       * Brings an organization of an earlier system in: its country, carrier, and the number it has at
       * Twilio (E.164, PN..., AC..., date_created; default now), which is its live number from then on and
       * is not touched at Twilio. Where tokens name organizations by a text, give it as original_id: the id
       * is telephony.org_uuid() of it. Again with the same values: nothing changes. number_not_taken_in
       * (409) says why a number is not taken in.
       */
      import_org: {
        Args: {
          org_id?: string | null;
          country_code?: string | null;
          carrier_name?: string | null;
          number?: string | null;
          number_sid?: string | null;
          account_sid?: string | null;
          purchased_at?: string | null;
          original_id?: string | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['organization'];
      };
      /** Whether a two-letter country code, in either case, can be chosen. */
      is_supported_country: {
        Args: {
          country_code: string;
        };
        Returns: boolean;
      };
      /**
       * What a search of your organization has found: at most 20 numbers that can be called, for ten
       * minutes. They are reserved for nobody. search_not_found (404): not one of yours, or older than an
       * hour.
       */
      offered_numbers: {
        Args: {
          search_id: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['number_offers'];
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
       * how it goes. area_code, contains and number_type narrow what is bought, as in search_numbers();
       * number takes one of the numbers that offered_numbers() shows, and no other: if it is gone, the
       * purchase fails, unless or_similar is true: then another of its country, area code and type will do.
       * Asked again for the same country and with the same wishes, it answers with the same job, running or
       * done. number_exists (409) when there is a number already, for another country or being released;
       * purchase_running (409) while a purchase for another country or with other wishes, or one that was
       * cancelled, is under way. offer_not_found (404), offer_expired (409): search again.
       */
      provision_number: {
        Args: {
          country_code?: string | null;
          carrier_name?: string | null;
          area_code?: string | null;
          contains?: string | null;
          number_type?: Database['telephony_api']['Enums']['number_type'] | null;
          number?: string | null;
          or_similar?: boolean;
        };
        Returns: Database['telephony_api']['CompositeTypes']['job'];
      };
      /**
       * How the latest job of your organization stands: state, number, and the reason when it waits or
       * failed. State none: nothing was ever asked for.
       */
      provisioning_status: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['job'];
      };
      /**
       * Makes an organization known, with neither country nor number; one that is known stays as it is.
       * Where tokens name organizations by a text, give it as original_id: the answer has the id, which is
       * telephony.org_uuid() of it. being_erased (409) while it is being erased.
       */
      register_org: {
        Args: {
          org_id?: string | null;
          original_id?: string | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['organization'];
      };
      /**
       * Releases the number of your organization at Twilio, for good; while a number is being bought,
       * cancels that. lines_forwarded (409) while lines are forwarded to it, or may be as their codes were
       * shown, unless forced; forwarded_lines then names them, with what to dial on each. nothing_to_release
       * (404) when there is neither.
       */
      release_number: {
        Args: {
          force?: boolean;
        };
        Returns: Database['telephony_api']['CompositeTypes']['job'];
      };
      /**
       * Takes your Twilio credentials back; answers with what was removed. credentials_needed (409): a
       * number, a job or a purchase given up lately still needs them.
       */
      remove_twilio_credentials: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['twilio_account'];
      };
      /**
       * The request limits of this server: settings, requests and refusals since the start, clients and
       * organizations counted now, and who of this database is refused most (addresses only as the network
       * they are in).
       */
      request_limits: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['request_limit_report'];
      };
      /**
       * Looks for numbers that your organization could buy, and buys none. Returns at once with a job of
       * kind search; offered_numbers() with its job_id tells what was found. area_code: three digits, where
       * numbers of the United States or Canada are bought. contains: 2 to 16 digits, letters of a keypad,
       * and * for any digit. number_type: one of those of the country. locality: a town. The same search
       * within a minute is the same job; too_many_searches (409) after 30 an hour.
       */
      search_numbers: {
        Args: {
          country_code?: string | null;
          area_code?: string | null;
          contains?: string | null;
          number_type?: Database['telephony_api']['Enums']['number_type'] | null;
          locality?: string | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['job'];
      };
      /**
       * Chooses the country your organization calls from, creating the organization here the first time. A
       * number already assigned is not moved; the warning says so. country_not_supported (400) lists those
       * that are.
       */
      select_country: {
        Args: {
          country_code: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['chosen_country'];
      };
      /**
       * Whether row-level security, policies, rights, functions, indexes, logins, versions, settings,
       * carriers, jobs, holds, numbers and counts are in order; detail says what is not. What is an
       * organization's or your own business is only told: it is ok, and has a detail where there is some.
       */
      self_check: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['check_result'][];
      };
      /**
       * Chooses the carrier of your organization's people in its country, by any of its names;
       * create_forwarding_config() and provision_number() do so too. It is kept when another country is
       * chosen, and there again with the country. country_missing (400) before a country is chosen;
       * carrier_unknown (400) lists those that are known.
       */
      set_forwarding_carrier: {
        Args: {
          carrier_name: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['organization'];
      };
      /**
       * Gives an organization a request limit of its own, in requests an hour; 0 lets nothing pass; null, or
       * per_hour left out, takes it back. telephony.org_uuid() makes the id of a text that tokens carry. On
       * this server from the commit on, on a replica from the organization's next window on.
       */
      set_org_limit: {
        Args: {
          org_id: string;
          per_hour?: number | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['org_limit'];
      };
      /**
       * Address (AD...) and regulatory bundle (BU...) of your Twilio account to buy a kind of number in a
       * country with; neither: removes the profile. Only purchases from now on use it.
       */
      set_regulatory_profile: {
        Args: {
          country_code: string;
          number_type: Database['telephony_api']['Enums']['number_type'];
          address_sid?: string | null;
          bundle_sid?: string | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['regulatory_profile'];
      };
      /**
       * Hands in your own Twilio account: its SID, and its auth token, an API key as SK...:secret, or a box
       * sealed by the client (docs/credentials.md). Stored sealed; tried at Twilio at once, see
       * twilio_credentials_status(). credentials_needed (409): the account before is still needed.
       */
      set_twilio_credentials: {
        Args: {
          account_sid: string;
          auth_token: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['twilio_account'];
      };
      /**
       * The countries an organization can choose, where its number would come from and what forwarding costs
       * there.
       */
      supported_countries: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['country'][];
      };
      /**
       * Calls a forwarded line of yours and sees whether the call arrives at your number. not_offered (501):
       * this version does not do that yet.
       */
      test_forwarding: {
        Args: {
          id: string;
        };
        Returns: Database['telephony_api']['CompositeTypes']['job'];
      };
      /**
       * Your own Twilio account: status unverified, verified or refused, and then the problem with what to
       * do; none: none was handed in.
       */
      twilio_credentials_status: {
        Args: Record<PropertyKey, never>;
        Returns: Database['telephony_api']['CompositeTypes']['twilio_account'];
      };
      /**
       * What a number is that people typed, read as they write it in that country: its E.164 form, whether
       * it is possible and in the numbering plan, its region and type, how it is written, the extension
       * behind it, and the problem with it or what of the text is no part of it.
       */
      validate_number: {
        Args: {
          number: string;
          country_code?: string | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['number_check'];
      };
      /**
       * Has Twilio call a telephone of yours and ask for a code, so that the number may be shown as caller.
       * Returns at once; caller_id_status() tells the code as soon as Twilio has told it, and how it ends.
       * Verify a line before its calls are forwarded: a forwarded call asks nobody for a code. Asked again
       * meanwhile, or once it is verified, it answers with how that stands, and nobody is called.
       * too_many_calls (409): three calls a number and day, five numbers an organization and day, ten calls
       * an organization and hour.
       */
      verify_caller_id: {
        Args: {
          phone_number: string;
          friendly_name?: string | null;
        };
        Returns: Database['telephony_api']['CompositeTypes']['caller_id'];
      };
    };
    Enums: {
      /** What kind of account Twilio says that it is. */
      account_type: 
        | 'Trial'
        | 'Full';
      /** What is known of Twilio credentials; none: none were handed in. */
      credential_status: 
        | 'none'
        | 'unverified'
        | 'verified'
        | 'refused';
      /** What codes of a carrier look like: mmi, 3GPP TS 22.030 codes; star, North American *72 codes. */
      dialect: 
        | 'mmi'
        | 'star';
      /** When a code forwards a call. */
      forwarding_condition: 
        | 'unconditional'
        | 'all_conditional'
        | 'no_reply'
        | 'not_reachable'
        | 'busy'
        | 'busy_or_no_reply';
      /** Where the forwarding of a line stands. */
      forwarding_status: 
        | 'pending_setup'
        | 'active'
        | 'disabled';
      /** Which calls are forwarded: all, or those that are not taken. */
      forwarding_type: 
        | 'total_ai'
        | 'safety_net';
      /** What a test call showed. */
      forwarding_verdict: 
        | 'verified'
        | 'not_forwarded'
        | 'untestable';
      /** What a job does. */
      job_kind: 
        | 'provision'
        | 'release'
        | 'orphan_release'
        | 'adopt'
        | 'configure'
        | 'erase'
        | 'search';
      /** Where a job stands; none: nothing was ever asked for. docs/architecture.md shows what leads where. */
      job_state: 
        | 'none'
        | 'queued'
        | 'searching'
        | 'intended'
        | 'buying'
        | 'in_doubt'
        | 'bought'
        | 'done'
        | 'releasing'
        | 'configuring'
        | 'erasing'
        | 'released'
        | 'written_off'
        | 'conflict'
        | 'cancelled'
        | 'failed';
      /** Where a number that was bought stands. */
      number_status: 
        | 'live'
        | 'releasing'
        | 'released'
        | 'written_off';
      /**
       * How a code writes the number to forward to: e164 (+...), national (trunk prefix), ten_digits,
       * eleven_digits (leading 1).
       */
      number_style: 
        | 'e164'
        | 'national'
        | 'ten_digits'
        | 'eleven_digits';
      /** Kinds of numbers, as in the paths of Twilio. */
      number_type: 
        | 'Local'
        | 'Mobile'
        | 'TollFree'
        | 'National';
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
      /** Where the verification of a caller id stands. */
      verification_status: 
        | 'pending'
        | 'verified'
        | 'failed'
        | 'expired';
    };
    CompositeTypes: {
      /** A number that may be shown as caller, and how its verification stands. */
      caller_id: {
        /** Key within the organization. */
        id: string | null;
        /** The number. */
        phone_number: string | null;
        /** Where it stands. */
        status: Database['telephony_api']['Enums']['verification_status'] | null;
        /** What to type during the call, while pending; NULL: Twilio has not told it yet. */
        validation_code: string | null;
        /**
         * Until when the code counts: NULL while the call lasts; of a verified one until when it counts as
         * verified.
         */
        expires_at: string | null;
        /** How often the number may still be called today. */
        attempts_left: number | null;
        /** Why it failed or has lapsed; while pending, what stands in the way of the call. NULL: nothing. */
        reason: string | null;
        /** The reason as a code. */
        reason_code: string | null;
        /** When to ask again; NULL: it has ended. */
        poll_after_seconds: number | null;
      };
      /** A carrier whose forwarding codes are known. */
      carrier: {
        /** Its name for calls. */
        carrier_name: string | null;
        /** Its name for people. */
        display_name: string | null;
        /** Whether a ring time can be dialled. */
        ring_time_adjustable: boolean | null;
        /** When its codes were last checked against a source of the operator itself; NULL: never. */
        verified_on: string | null;
        /** What a subscriber should know; NULL: nothing. */
        notes: string | null;
      };
      /** One line of self_check(). */
      check_result: {
        /** What must be so, or what is only told. */
        check: string | null;
        /** Whether it is; always, of what is only told. */
        ok: boolean | null;
        /** What there is of it, and what to do; NULL: nothing. */
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
        /** What a subscriber must know. */
        warning_message: string | null;
        /**
         * number_kept: the warning also says that a number of another country stays; NULL: it is the one of
         * supported_countries(), told apart by its country.
         */
        warning_code: string | null;
        /** The carriers known there. */
        carriers: Database['telephony_api']['CompositeTypes']['carrier'][] | null;
      };
      /** A country that an organization can choose. */
      country: {
        /** Its two-letter code. */
        country_code: string | null;
        /** Its name. */
        country_name: string | null;
        /** Where the number comes from. */
        recommended_twilio_country: string | null;
        /** What forwarding costs there. */
        forwarding_cost_estimate: string | null;
        /** What a subscriber must know. */
        warning_message: string | null;
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
      /** One step of setting a forwarding up: what is dialled, and what undoes and queries it. */
      dial_step: {
        /** Its place in the order. */
        step: number | null;
        /** When it forwards a call. */
        condition: Database['telephony_api']['Enums']['forwarding_condition'] | null;
        /** What is dialled. */
        activation_code: string | null;
        /** What undoes it. */
        deactivation_code: string | null;
        /** What queries it; NULL: the carrier has no such code. */
        status_code: string | null;
        /** What is dialled, as a link. */
        activation_uri: string | null;
        /** What undoes it, as a link. */
        deactivation_uri: string | null;
        /** What queries it, as a link. */
        status_uri: string | null;
        /** How long it rings first; NULL: as the carrier has it. */
        ring_time_seconds: number | null;
        /** What a subscriber should know; NULL: nothing. */
        note: string | null;
        /** Where the codes are from, for whoever looks after carriers: not to be shown to subscribers. */
        source: string | null;
        /** Whether they were checked against a source of the operator itself. */
        verified: boolean | null;
      };
      /** A line that is forwarded to a number, or may be. */
      forwarded_line: {
        /** Its configuration. */
        id: string | null;
        /** The line. */
        sim_phone_number: string | null;
        /**
         * active: the subscriber says that the codes were dialled; pending_setup: they were shown, and may
         * have been.
         */
        status: Database['telephony_api']['Enums']['forwarding_status'] | null;
        /** What to dial on it to end that. */
        deactivation_codes: string[] | null;
      };
      /** How a line is forwarded, with the codes as they were shown. */
      forwarding_config: {
        /** Key within the organization. */
        id: string | null;
        /** The line whose calls are forwarded. */
        sim_phone_number: string | null;
        /** Which calls. */
        forwarding_type: Database['telephony_api']['Enums']['forwarding_type'] | null;
        /** Country of the carrier. */
        country_code: string | null;
        /** Carrier of the line. */
        carrier_name: string | null;
        /** Number the codes forward to. */
        twilio_forwarding_number: string | null;
        /** How long it rings first. */
        ring_time_seconds: number | null;
        /** What to dial, step by step. */
        codes: Database['telephony_api']['CompositeTypes']['dial_step'][] | null;
        /** Earlier steps that these do not undo. */
        superseded_codes: Database['telephony_api']['CompositeTypes']['dial_step'][] | null;
        /** Where it stands. */
        status: Database['telephony_api']['Enums']['forwarding_status'] | null;
        /** Whether the codes were dialled. */
        user_confirmed_setup: boolean | null;
        /** When that was said. */
        confirmed_at: string | null;
        /** What the last test call showed. */
        forwarding_verdict: Database['telephony_api']['Enums']['forwarding_verdict'] | null;
        /** When it was tested. */
        tested_at: string | null;
        /** What is odd about the line. */
        warning_message: string | null;
        /** The warning as a reason code. */
        warning_code: string | null;
        /** When it was made. */
        created_at: string | null;
        /** When it last changed. */
        updated_at: string | null;
      };
      /** A job as its organization sees it. */
      job: {
        /** The job; NULL: nothing was ever asked for. */
        job_id: string | null;
        /** What it does. */
        kind: Database['telephony_api']['Enums']['job_kind'] | null;
        /** Where it stands. */
        state: Database['telephony_api']['Enums']['job_state'] | null;
        /** Country it is for. */
        country_code: string | null;
        /** Candidate or number; NULL: none yet. */
        number: string | null;
        /** Why it waits or failed, and what to do. */
        reason: string | null;
        /** The reason as a code. */
        reason_code: string | null;
        /** When it is tried again, if it waits. */
        retry_at: string | null;
        /** Whether the number is no longer wanted. */
        cancel_requested: boolean | null;
        /** When it was asked for. */
        created_at: string | null;
        /** When it last changed. */
        updated_at: string | null;
        /** When to ask again; NULL: it has ended. */
        poll_after_seconds: number | null;
        /** Lines forwarded, or perhaps forwarded, to a number that is released, or being released. */
        forwarded_lines: Database['telephony_api']['CompositeTypes']['forwarded_line'][] | null;
      };
      /** What validate_number() says of a number. */
      number_check: {
        /** The number in E.164 form; NULL: it is none. */
        e164: string | null;
        /** Whether its calling code has numbers of that length. */
        is_possible: boolean | null;
        /** Whether it is in the numbering plan. */
        is_valid: boolean | null;
        /** Its region. */
        region: string | null;
        /** Its type. */
        number_type: Database['telephony_api']['Enums']['phone_number_type'] | null;
        /** As it is written inside its country. */
        national: string | null;
        /** As it is written abroad. */
        international: string | null;
        /** The digits of the extension behind it. */
        extension: string | null;
        /** Why it is none, or what of the text is no part of it. */
        problem: string | null;
        /** The problem as a reason code. */
        problem_code: string | null;
      };
      /** A number that Twilio has for sale. */
      number_offer: {
        /** The number in E.164 form: provision_number(number) buys it. */
        number: string | null;
        /** The number as people write it. */
        formatted: string | null;
        /** Country of the number, which need not be the one that was searched for. */
        country_code: string | null;
        /** What kind of number it is. */
        number_type: Database['telephony_api']['Enums']['number_type'] | null;
        /** Town; NULL: not told. */
        locality: string | null;
        /** State or province; NULL: not told. */
        region: string | null;
        /** What its calls and messages may be, as in {"voice": true}; NULL: not told. */
        capabilities: Json | null;
        /** What Twilio asks for it each month; NULL: not told. */
        monthly_price: number | null;
        /** Currency of the price (ISO 4217); NULL: not told. */
        price_unit: string | null;
        /** set_regulatory_profile() must come before a purchase. */
        needs_regulatory_profile: boolean | null;
      };
      /** What a search for numbers has found. */
      number_offers: {
        /** The search, as search_numbers() named it. */
        search_id: string | null;
        /** queued or searching while under way, then done or failed. */
        state: Database['telephony_api']['Enums']['job_state'] | null;
        /** Why it waits, failed or found nothing, and what to do. */
        reason: string | null;
        /** The reason as a code. */
        reason_code: string | null;
        /** Until when the offers count; NULL: none were made yet. */
        expires_at: string | null;
        /** When to ask again; NULL: it has ended. */
        poll_after_seconds: number | null;
        /** At most 20 numbers; empty until they are found, and when they have expired. */
        offers: Database['telephony_api']['CompositeTypes']['number_offer'][] | null;
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
      /** An organization. */
      organization: {
        /** Its id: as the tokens carry it, or made of original_id. */
        id: string | null;
        /** Country its people call from. */
        telephony_country: string | null;
        /** The live number; NULL: none, or one that is being released. */
        assigned_twilio_number: string | null;
        /** Carrier last used in that country. */
        forwarding_carrier: string | null;
        /** When it became known. */
        created_at: string | null;
        /** When it last changed. */
        updated_at: string | null;
        /** The text that its tokens carry; NULL: they carry the id, or the text was never told. */
        original_id: string | null;
      };
      /** Address and bundle that a kind of number is bought with. */
      regulatory_profile: {
        /** The organization. */
        org_id: string | null;
        /** Country of the number. */
        country_code: string | null;
        /** Kind of number. */
        number_type: Database['telephony_api']['Enums']['number_type'] | null;
        /** AddressSid of the purchase. */
        address_sid: string | null;
        /** BundleSid of the purchase. */
        bundle_sid: string | null;
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
        /** What is known of them. */
        status: Database['telephony_api']['Enums']['credential_status'] | null;
        /** As Twilio says. */
        account_type: Database['telephony_api']['Enums']['account_type'] | null;
        /** Which key of telephonyd opens the box. */
        key_id: string | null;
        /** Why they are refused, and what to do. */
        problem: string | null;
        /** The problem as a reason code. */
        problem_code: string | null;
        /** When Twilio last showed the account active. */
        verified_at: string | null;
        /** When they were handed in. */
        set_at: string | null;
        /** When to ask again; NULL: nothing is under way. */
        poll_after_seconds: number | null;
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
