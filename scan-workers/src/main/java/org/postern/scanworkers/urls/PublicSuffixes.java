// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import com.google.common.net.InternetDomainName;
import java.net.IDN;
import java.util.Arrays;
import java.util.Optional;

/// Where registered domains end, by the public suffix list that comes with Guava.
public final class PublicSuffixes {
    private PublicSuffixes() {}

    /// The registered domain of a host: `example.co.uk` of `www.example.co.uk`, `user.github.io` of itself. Empty for
    /// addresses, for names under no known suffix, and for suffixes themselves.
    ///
    /// @param host as A-labels, without a dot at its end
    public static Optional<String> registered(String host) {
        String unicode = host.contains("xn--") ? IDN.toUnicode(host, IDN.ALLOW_UNASSIGNED) : host;
        if (!InternetDomainName.isValid(unicode)) {
            return Optional.empty();
        }
        InternetDomainName name = InternetDomainName.from(unicode);
        if (!name.isUnderPublicSuffix()) {
            return Optional.empty();
        }
        int labels = name.topPrivateDomain().parts().size();
        // The list is in Unicode; what is given back are the labels of the host as they came.
        String[] parts = host.split("\\.", -1);
        if (parts.length < labels) {
            return Optional.empty();
        }
        return Optional.of(String.join(".", Arrays.copyOfRange(parts, parts.length - labels, parts.length)));
    }

    /// Whether a name ends in a known suffix and has something before it.
    static boolean couldBeHost(String name) {
        return registered(name).isPresent();
    }
}
