-- tier: tenant
CREATE FUNCTION telephony_internal.release_number(force boolean) RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org   uuid := telephony_internal.require_org();
    v_lines telephony_api.forwarded_line[];
    v_job   telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    PERFORM telephony_internal.organization_to_change(v_org);
    v_lines := telephony_internal.forwarded_lines(v_org, to_live := true);
    IF release_number.force IS NOT TRUE AND cardinality(v_lines) > 0 THEN
        PERFORM telephony_internal.refuse('lines_forwarded', 'lines are still forwarded to your number',
            detail => (SELECT format('What to dial on each to end that: %s.', string_agg(format('%s%s: %s',
                telephony.mask(l.sim_phone_number),
                CASE WHEN l.status = 'pending_setup' THEN ' (if its codes were dialled)' END,
                array_to_string(l.deactivation_codes, ', ')), '; ' ORDER BY l.n))
                FROM unnest(v_lines) WITH ORDINALITY l (id, sim_phone_number, status, deactivation_codes, n)));
    END IF;
    v_job := telephony_internal.begin_release(v_org, 'release_number');
    IF v_job.id IS NULL THEN
        PERFORM telephony_internal.refuse('nothing_to_release', 'your organization has no number to release');
    END IF;
    RETURN telephony_internal.shown_job(v_job);
END
$$;
COMMENT ON FUNCTION telephony_internal.release_number(boolean) IS 'Does the work of telephony_api.release_number().';

CREATE FUNCTION telephony_api.release_number(force boolean DEFAULT false) RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.release_number(release_number.force);
END
$$;
COMMENT ON FUNCTION telephony_api.release_number(boolean) IS
    'Releases the number of your organization at Twilio, for good; while a number is being bought, cancels that. '
    'lines_forwarded (409) while lines are forwarded to it, or may be as their codes were shown, unless forced; '
    'forwarded_lines then names them, with what to dial on each. nothing_to_release (404) when there is neither.';
