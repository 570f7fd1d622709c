// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the two messages of a SCRAM client. RFC 5802 section 7
final class ScramMessage {
    private static final Pattern FIRST = Pattern.compile(
            "((?:(n|y)|p=([A-Za-z0-9.-]{1,64})),(?:a=([^,\\x00]+))?,)(n=([^,\\x00]+),r=([!-+\\--~]{1,256})(?:,[A-Za-z]=[^\\x00]*)?)");

    /// Extensions are repeated possessively: a loop that may go back takes stack for each round, and the client
    /// chooses how many there are.
    private static final Pattern FINAL =
            Pattern.compile("(c=([A-Za-z0-9+/=]{1,1024}),r=([!-+\\--~]{1,512})(?:,(?!p=)[A-Za-z]=[^,\\x00]*)*+)"
                    + ",p=([A-Za-z0-9+/=]{1,64})");

    private ScramMessage() {}

    /// @param header the part that comes back in the final message
    /// @param binding the name of the channel binding; empty where there is none
    /// @param couldBind the client could, and thinks that the server cannot
    /// @param login who it says it is
    /// @param nonce its half
    /// @param bare the part that is signed
    record First(String header, Optional<String> binding, boolean couldBind, String login, String nonce, String bare) {}

    /// @param channel what it says of the header and the channel
    /// @param nonce both halves
    /// @param proof that it has the password
    /// @param withoutProof the part that is signed
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Final(byte[] channel, String nonce, byte[] proof, String withoutProof) {}

    static Optional<First> first(byte[] octets) {
        Matcher form = FIRST.matcher(text(octets));
        if (!form.matches()) {
            return Optional.empty();
        }
        Optional<String> login = name(form.group(6));
        Optional<String> actsFor = Optional.ofNullable(form.group(4)).flatMap(ScramMessage::name);
        if (login.isEmpty() || (form.group(4) != null && !actsFor.equals(login))) {
            // Nobody acts for somebody else here.
            return Optional.empty();
        }
        return Optional.of(new First(
                form.group(1),
                Optional.ofNullable(form.group(3)),
                "y".equals(form.group(2)),
                login.get(),
                form.group(7),
                form.group(5)));
    }

    static Optional<Final> last(byte[] octets) {
        Matcher form = FINAL.matcher(text(octets));
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            return Optional.of(new Final(
                    base64.decode(form.group(2)), form.group(3), base64.decode(form.group(4)), form.group(1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// `=2C` is a comma, `=3D` an equals sign, and nothing else may follow one.
    private static Optional<String> name(String written) {
        String plain = written.replace("=2C", ",").replace("=3D", "=");
        return written.replace("=2C", "").replace("=3D", "").contains("=") ? Optional.empty() : Optional.of(plain);
    }

    private static String text(byte[] octets) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }
}
