// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.Optional;
import org.apache.james.protocols.api.OidcSASLConfiguration;
import org.apache.james.protocols.smtp.SMTPConfiguration;

/// What James' session asks of a configuration; our own handlers read ours.
///
/// @param farm the farm
record JamesConfiguration(Farm farm) implements SMTPConfiguration {
    @Override
    public long getMaxMessageSize() {
        return farm.config().limits().messageSize().bytes();
    }

    @Override
    public boolean isRelayingAllowed(String remoteAddress) {
        return false;
    }

    @Override
    public boolean isAuthAnnounced(String remoteAddress, boolean tlsStarted) {
        return farm.offersAuthentication() && tlsStarted;
    }

    @Override
    public boolean useHeloEhloEnforcement() {
        return true;
    }

    @Override
    public boolean useAddressBracketsEnforcement() {
        return true;
    }

    @Override
    public boolean isPlainAuthEnabled() {
        return false;
    }

    @Override
    public Optional<OidcSASLConfiguration> saslConfiguration() {
        return Optional.empty();
    }

    @Override
    public String getGreeting() {
        return farm.identity().hostname() + " ESMTP Postern";
    }

    @Override
    public String getSoftwareName() {
        return "Postern";
    }

    @Override
    public String getHelloName() {
        return farm.identity().hostname().name();
    }
}
