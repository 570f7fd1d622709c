// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.BindResult;
import com.unboundid.ldap.sdk.ExtendedResult;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/// Opens connections to one server: TCP, TLS with verification, and the bind where it is wanted.
final class LdapConnector {
    /// More than any entry's asked attributes; a server that sends more is cut off.
    private static final int MESSAGE_OCTETS_MAX = 4 << 20;

    private final LdapServerConfig server;
    private final LdapConfig config;
    private final SSLSocketFactory tls;

    LdapConnector(LdapServerConfig server, LdapConfig config, SSLContext tls) {
        this.server = server;
        this.config = config;
        this.tls = new VerifyingSocketFactory(tls.getSocketFactory());
    }

    LdapServerConfig server() {
        return server;
    }

    /// A connection bound as the configured name. Returns within the connect time-out, or a few of them.
    LDAPConnection bound() throws LDAPException {
        LDAPConnection connection = unbound();
        boolean good = false;
        try {
            if (!config.bindDn().isEmpty()) {
                SimpleBindRequest bind = new SimpleBindRequest(config.bindDn(), password());
                bind.setResponseTimeoutMillis(config.connectTimeout().toMillis());
                BindResult result = connection.bind(bind);
                if (!result.getResultCode().equals(ResultCode.SUCCESS)) {
                    throw new LDAPException(result);
                }
            }
            good = true;
            return connection;
        } finally {
            if (!good) {
                connection.close();
            }
        }
    }

    /// A connection with nobody's name: for the binds of logins.
    LDAPConnection unbound() throws LDAPException {
        LDAPConnection connection = switch (server.tls()) {
            case NONE, STARTTLS -> new LDAPConnection(options());
            case IMPLICIT -> new LDAPConnection(tls, options());
        };
        boolean good = false;
        try {
            connection.connect(
                    server.address().host(),
                    server.address().port(),
                    Math.toIntExact(config.connectTimeout().toMillis()));
            if (server.tls() == LdapTls.STARTTLS) {
                startTls(connection);
            }
            good = true;
            return connection;
        } finally {
            if (!good) {
                connection.close();
            }
        }
    }

    private void startTls(LDAPConnection connection) throws LDAPException {
        StartTLSExtendedRequest request = new StartTLSExtendedRequest(tls);
        request.setResponseTimeoutMillis(config.connectTimeout().toMillis());
        ExtendedResult result = connection.processExtendedOperation(request);
        if (!result.getResultCode().equals(ResultCode.SUCCESS)) {
            // Nothing goes on in clear where TLS was asked for.
            throw new LDAPException(
                    result.getResultCode(),
                    "it does not do STARTTLS (" + result.getDiagnosticMessage()
                            + "); give it a certificate, or set its tls: implicit or none");
        }
    }

    private LDAPConnectionOptions options() {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis(Math.toIntExact(config.connectTimeout().toMillis()));
        options.setResponseTimeoutMillis(config.serverTimeout().toMillis());
        options.setUseSynchronousMode(true);
        options.setFollowReferrals(false);
        options.setAbandonOnTimeout(false);
        options.setBindWithDNRequiresPassword(true);
        options.setUseKeepAlive(true);
        options.setMaxMessageSize(MESSAGE_OCTETS_MAX);
        options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(false));
        return options;
    }

    /// Read at each bind, so that a changed password needs no restart.
    private String password() throws LDAPException {
        Path file = config.bindPasswordFile().orElseThrow();
        try {
            return Files.readString(file, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new LDAPException(ResultCode.LOCAL_ERROR, "bind-password-file " + file + ": " + e, e);
        }
    }
}
