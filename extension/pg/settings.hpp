// The settings (GUCs) of telephony.so. All are for superusers or the configuration file: none is USERSET.
#pragma once

namespace telephony::pg::settings {

/// telephony.org_claim: dotted path to the organization's id in the JWT claims.
extern char* org_claim;

/// telephony.org_claim_type: whether the claim holds the organization's id, or a text that the id is made of.
enum class OrgClaimType { uuid, text };
OrgClaimType org_claim_type();

/// telephony.owner_role: the role that migrate() makes owner of the tenant schema.
extern char* owner_role;

/// telephony.allow_data_loss: lets a down migration drop rows.
extern bool allow_data_loss;

/// telephony.sidecar_public_key_file: absolute path of the public key that credentials are sealed to; empty:
/// none. For those who read it elsewhere its name is the interface, as seal_credential() stands in another
/// module.
extern char* sidecar_public_key_file;

/// Defines them and reserves the prefix. Called once, when the module is loaded.
void define();

}  // namespace telephony::pg::settings
