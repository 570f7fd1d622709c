// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import java.util.Optional;
import javax.net.ssl.SSLSession;

/// How a client's connection is encrypted.
///
/// @param protocol such as `TLSv1.3`
/// @param cipher such as `TLS_AES_256_GCM_SHA384`; may be empty where a balancer did not tell
/// @param clientSubject of the client's certificate, where an authority of ours stands behind it
/// @param session ours with the client; empty where a trusted balancer ended TLS
public record TlsInfo(String protocol, String cipher, Optional<String> clientSubject, Optional<SSLSession> session) {}
