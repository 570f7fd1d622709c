// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.Recipient;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// Reads the parameters of RCPT. RFC 3461 sections 4.1 and 4.2
final class RcptArguments {
    private static final Set<String> EVENTS = Set.of("SUCCESS", "FAILURE", "DELAY");
    private static final int ORCPT_MAX = 500;

    private RcptArguments() {}

    /// What the parameters come to.
    sealed interface Read {}

    /// @param events of NOTIFY, in upper case; empty where NOTIFY was not given
    /// @param originalRecipient type and address, xtext undone
    record Usable(Set<String> events, Optional<String> originalRecipient) implements Read {
        Recipient of(ForwardPath path) {
            return new Recipient(path, events, originalRecipient);
        }
    }

    record Refused(Reply reply) implements Read {}

    static Read read(Map<String, String> given) {
        Set<String> events = Set.of();
        Optional<String> originalRecipient = Optional.empty();
        for (var parameter : given.entrySet()) {
            switch (parameter.getKey()) {
                case "NOTIFY" -> {
                    events = events(parameter.getValue());
                    if (events.isEmpty()) {
                        return malformed("NOTIFY");
                    }
                }
                case "ORCPT" -> {
                    originalRecipient = original(parameter.getValue());
                    if (originalRecipient.isEmpty()) {
                        return malformed("ORCPT");
                    }
                }
                default -> {
                    return new Refused(Reply.of(
                            ReplyCode.PARAMETERS_NOT_RECOGNIZED_555,
                            "5.5.4",
                            "Parameter not known: " + Texts.safe(parameter.getKey())));
                }
            }
        }
        return new Usable(events, originalRecipient);
    }

    /// NEVER alone, or a choice of the others; empty where it is neither.
    private static Set<String> events(String value) {
        Set<String> words =
                new LinkedHashSet<>(Arrays.asList(value.toUpperCase(Locale.ROOT).split(",", -1)));
        return words.equals(Set.of("NEVER")) || EVENTS.containsAll(words) ? words : Set.of();
    }

    private static Optional<String> original(String value) {
        int semicolon = value.indexOf(';');
        if (semicolon < 1 || !value.substring(0, semicolon).matches("[A-Za-z0-9-]{1,64}")) {
            return Optional.empty();
        }
        String type = value.substring(0, semicolon + 1);
        return Xtext.decode(value.substring(semicolon + 1), ORCPT_MAX).map(address -> type + address);
    }

    private static Refused malformed(String name) {
        return new Refused(
                Reply.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.4", "The value of " + name + " is not understood"));
    }
}
