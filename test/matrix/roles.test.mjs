// The role matrix where tokens carry the organization's uuid.

import { testRoles } from './role_matrix.mjs';

testRoles('uuid');
