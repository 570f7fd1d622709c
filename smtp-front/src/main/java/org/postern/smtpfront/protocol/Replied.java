// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.james.protocols.api.Response;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// A reply in the form James hands around.
///
/// @param reply what the client is told
/// @param isEndSession whether the connection closes after it
record Replied(Reply reply, boolean isEndSession) implements Response {
    static Replied of(Reply reply) {
        return new Replied(reply, false);
    }

    static Replied of(ReplyCode code, String enhanced, String text) {
        return of(Reply.of(code, enhanced, text));
    }

    static Replied last(Reply reply) {
        return new Replied(reply, true);
    }

    @Override
    public String getRetCode() {
        return Integer.toString(reply.code().number());
    }

    @Override
    public List<CharSequence> getLines() {
        List<CharSequence> lines = new ArrayList<>(reply.lines().size());
        String enhanced = reply.enhanced().map(code -> code + " ").orElse("");
        for (int i = 0; i < reply.lines().size(); i++) {
            char divider = i == reply.lines().size() - 1 ? ' ' : '-';
            lines.add(getRetCode() + divider + enhanced + reply.lines().get(i));
        }
        return lines;
    }

    /// The octets of any James response.
    static byte[] octets(Response response) {
        StringBuilder text = new StringBuilder(80);
        response.getLines().forEach(line -> text.append(line).append("\r\n"));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
