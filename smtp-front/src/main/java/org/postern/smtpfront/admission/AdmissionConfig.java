// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.nio.file.Path;
import java.util.List;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.LoginLimitsConfig;

/// Who is let in.
public record AdmissionConfig(
        @Doc("How many leading bits of an IPv4 address are one network, 8 to 32.") @Default("24")
        int ipv4Prefix,

        @Doc("How many leading bits of an IPv6 address are one network, 16 to 64; one client is a /64.") @Default("48")
        int ipv6Prefix,

        @Doc("A network may do so many times what one address may; 1 to 1000.") @Default("4")
        int networkFactor,

        @Doc("Clients without rates, greeting delay and greylisting.") @Default("[\"127.0.0.0/8\", \"::1/128\"]")
        List<CidrBlock> exempt,

        @Doc("Files of deny and allow rules; read again when they change, see guides/admission.md.") @Default("[]")
        List<Path> lists,

        @Doc("How fast clients may be.") RatesConfig rates,
        @Doc("Failed logins.") LoginLimitsConfig logins,

        @Doc("What a client is told that has no login left: refuse (454) or disconnect (421).") @Default("refuse")
        LoginRefusal loginRefusal,

        @Doc("Before the greeting.") GreetingConfig greeting,

        @Doc("Undecided mail from strangers is told to come again.")
        GreylistConfig greylist,

        @Doc("What is refused before it is taken, because it could not be judged in time.")
        PressureConfig pressure) {
    public AdmissionConfig {
        exempt = List.copyOf(exempt);
        lists = List.copyOf(lists);
        within("ipv4-prefix", ipv4Prefix, 8, 32);
        within("ipv6-prefix", ipv6Prefix, 16, 64);
        within("network-factor", networkFactor, 1, 1000);
        within("the number of lists", lists.size(), 0, 20);
    }

    /// How many entries all tables of a front have at most, for the sum of bounds at start.
    ///
    /// @param logins whether clients log in
    public long entries(boolean logins) {
        long greylisted = greylist.from().isPresent() ? 2L * greylist.remembered() : 0;
        // Connections and commands of clients and networks, and suspects; failures by address and account, successes.
        return 5L * rates.remembered() + (logins ? 4L * this.logins.remembered() : 0) + greylisted;
    }

    static void within(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + min + " to " + max + ", not " + value);
        }
    }

    /// The documented defaults.
    public static AdmissionConfig defaults() {
        return new AdmissionConfig(
                24,
                48,
                4,
                List.of(CidrBlock.parse("127.0.0.0/8"), CidrBlock.parse("::1/128")),
                List.of(),
                RatesConfig.defaults(),
                LoginLimitsConfig.defaults(),
                LoginRefusal.REFUSE,
                GreetingConfig.defaults(),
                GreylistConfig.defaults(),
                PressureConfig.defaults());
    }

    /// Reads the lists without using them.
    ///
    /// @return how many rules there are
    /// @throws org.postern.core.config.ConfigException with everything that is wrong with them
    public int readLists() {
        return AccessFile.read(lists).size();
    }
}
