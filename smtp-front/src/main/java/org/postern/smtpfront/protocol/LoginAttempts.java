// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.time.Duration;
import org.postern.smtpfront.auth.ChannelBindings;
import org.postern.smtpfront.auth.SaslBackend;
import org.postern.smtpfront.transport.Link;
import org.postern.smtpfront.transport.TlsInfo;

/// The attempts of one session to log in: what they are checked with, and how many failed. One thread at a time.
final class LoginAttempts {
    private final Session session;
    private final Farm farm;
    private final Link link;
    private int failures;

    LoginAttempts(Session session, Farm farm, Link link) {
        this.session = session;
        this.farm = farm;
        this.link = link;
    }

    /// What logins over this connection are checked with.
    SaslBackend backend() {
        return new SaslBackend(
                farm.with().directory(),
                farm.with().tokens(),
                farm.with().decoy(),
                this::mayTry,
                ChannelBindings.of(link.tls().flatMap(TlsInfo::session)));
    }

    /// Whether the directory may be asked for this login; else too many have failed.
    boolean mayTry(String login) {
        return farm.admission().logins().mayTry(session.clientAddress(), login);
    }

    /// Counts a failed login.
    ///
    /// @param login the name the client gave
    /// @return how long the answer is to be kept back
    Duration failed(String login) {
        failures++;
        return farm.admission().logins().failed(session.clientAddress(), login);
    }

    /// How many failed.
    int failures() {
        return failures;
    }
}
