// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LdapProblemTest {
    private static LDAPException connecting(int port) {
        return catchThrowableOfType(LDAPException.class, () -> {
            try (LDAPConnection connection = new LDAPConnection()) {
                connection.connect("127.0.0.1", port, 2000);
            }
        });
    }

    @Test
    void refusedConnection_isFourWords() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(LdapProblem.of(connecting(port))).isEqualTo("91 (connect error): Connection refused");
    }

    @Test
    void serversOwnWords_areKept() {
        assertThat(LdapProblem.of(new LDAPException(ResultCode.NO_SUCH_OBJECT, "base-dn dc=x is not to be seen there")))
                .isEqualTo("32 (no such object): base-dn dc=x is not to be seen there");
        assertThat(LdapProblem.of(new LDAPException(ResultCode.INVALID_CREDENTIALS)))
                .isEqualTo("49 (invalid credentials)");
    }

    @Test
    void versionOfTheSdk_isLeftOut_andLongTextIsCut() {
        String text = "An I/O error occurred while trying to read the response from the server:"
                + "  SocketException(Socket closed), ldapSDKVersion=7.0.5, revision=cab6672f8ac284805956006bb1496f73c5e3e746";
        assertThat(LdapProblem.of(new LDAPException(ResultCode.SERVER_DOWN, text)))
                .isEqualTo("81 (server down): Socket closed");
        assertThat(LdapProblem.of(new LDAPException(ResultCode.SERVER_DOWN, "x".repeat(1000))))
                .hasSizeLessThan(330);
    }
}
