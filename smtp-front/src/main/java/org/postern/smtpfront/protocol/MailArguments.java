// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.MailParameters.BodyType;
import org.postern.core.mail.ReversePath;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.transaction.MailInProgress;

/// Reads the parameters of MAIL. RFC 1870, RFC 6152, RFC 3030, RFC 4954 section 5, RFC 6531 section 3.4, RFC 3461
/// section 4, RFC 8689 section 2.
final class MailArguments {
    /// RFC 3461 section 4.4
    private static final int ENVID_MAX = 100;

    private MailArguments() {}

    /// What the parameters come to.
    sealed interface Read {}

    /// @param size what the client says that the message has; empty where it does not
    /// @param perRecipient whether replies for each recipient are wanted. draft-hall-prdr
    record Usable(MailParameters parameters, OptionalLong size, boolean perRecipient) implements Read {
        MailInProgress of(ReversePath sender) {
            MailInProgress mail = new MailInProgress(sender, parameters, Instant.now());
            size.ifPresent(mail::announce);
            if (perRecipient) {
                mail.replyEach();
            }
            return mail;
        }
    }

    record Refused(Reply reply) implements Read {}

    static Read read(Map<String, String> given, Session session) {
        BodyType body = BodyType.SEVEN_BIT;
        boolean smtputf8 = false;
        boolean requireTls = false;
        boolean perRecipient = false;
        OptionalLong size = OptionalLong.empty();
        Optional<String> returnContent = Optional.empty();
        Optional<String> envelopeId = Optional.empty();
        for (var parameter : given.entrySet()) {
            String value = parameter.getValue();
            switch (parameter.getKey()) {
                case "SIZE" -> {
                    Optional<Reply> wrong = size(
                            value,
                            session.farm().config().limits().messageSize().bytes());
                    if (wrong.isPresent()) {
                        return new Refused(wrong.get());
                    }
                    size = OptionalLong.of(Long.parseLong(value));
                }
                case "BODY" -> {
                    switch (value.toUpperCase(Locale.ROOT)) {
                        case "7BIT" -> body = BodyType.SEVEN_BIT;
                        case "8BITMIME" -> body = BodyType.EIGHT_BIT_MIME;
                        case "BINARYMIME" -> {
                            if (!session.farm().config().binaryMime()) {
                                return malformed("BODY");
                            }
                            body = BodyType.BINARY_MIME;
                        }
                        default -> {
                            return malformed("BODY");
                        }
                    }
                }
                case "REQUIRETLS" -> {
                    if (!session.tlsActive()) {
                        return unknown("REQUIRETLS");
                    }
                    if (!value.isEmpty()) {
                        return malformed("REQUIRETLS");
                    }
                    requireTls = true;
                }
                case "AUTH" -> {
                    // RFC 4954 section 5 lets a server that trusts nobody's word take it and think of it as "<>".
                    if (value.isEmpty()) {
                        return malformed("AUTH");
                    }
                }
                case "SMTPUTF8" -> {
                    if (!value.isEmpty()) {
                        return malformed("SMTPUTF8");
                    }
                    smtputf8 = true;
                }
                case "PRDR" -> {
                    if (!value.isEmpty()) {
                        return malformed("PRDR");
                    }
                    perRecipient = true;
                }
                case "RET" -> {
                    String wanted = value.toUpperCase(Locale.ROOT);
                    if (!wanted.equals("FULL") && !wanted.equals("HDRS")) {
                        return malformed("RET");
                    }
                    returnContent = Optional.of(wanted);
                }
                case "ENVID" -> {
                    envelopeId = Xtext.decode(value, ENVID_MAX);
                    if (envelopeId.isEmpty()) {
                        return malformed("ENVID");
                    }
                }
                default -> {
                    return unknown(parameter.getKey());
                }
            }
        }
        return new Usable(
                new MailParameters(body, smtputf8, requireTls, returnContent, envelopeId), size, perRecipient);
    }

    private static Refused unknown(String name) {
        return new Refused(
                Reply.of(ReplyCode.PARAMETERS_NOT_RECOGNIZED_555, "5.5.4", "Parameter not known: " + Texts.safe(name)));
    }

    private static Refused malformed(String name) {
        return new Refused(
                Reply.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.4", "The value of " + name + " is not understood"));
    }

    private static Optional<Reply> size(String value, long max) {
        // RFC 1870 section 3: up to 20 digits.
        if (!value.matches("\\d{1,20}")) {
            return Optional.of(malformed("SIZE").reply());
        }
        boolean fits = value.length() <= 18 && Long.parseLong(value) <= max;
        return fits
                ? Optional.empty()
                : Optional.of(
                        Reply.of(ReplyCode.EXCEEDED_STORAGE_552, "5.3.4", "Message larger than " + max + " octets"));
    }
}
