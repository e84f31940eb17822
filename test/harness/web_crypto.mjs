// Web Crypto as a global, which Node.js 18 has only as a module: libsodium-wrappers asks for it when it is loaded, so
// this stands before that import.

import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
