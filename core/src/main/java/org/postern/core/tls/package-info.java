// SPDX-License-Identifier: Apache-2.0
/// Certificates and keys from files, for whoever speaks TLS with a certificate of ours.
///
/// Security: reads files the operator names, up to 1 MiB each; a private key leaves this package as an object only.
///
/// Standards: RFC 5208 (PKCS #8), RFC 7468 (PEM), RFC 5280.
@NullMarked
package org.postern.core.tls;

import org.jspecify.annotations.NullMarked;
