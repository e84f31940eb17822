// The role matrix where tokens name the organization by a text.

import { testRoles } from './role_matrix.mjs';

testRoles('text');
