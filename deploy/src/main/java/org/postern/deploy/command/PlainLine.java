// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import java.util.stream.Collectors;
import org.postern.core.text.PlainText;

/// The words `%plain(…){8000}` of the log's pattern: one line of so many characters, which steers no terminal. Nearly
/// every message quotes somebody: a client, an LDAP server, a name in the DNS.
public final class PlainLine extends CompositeConverter<ILoggingEvent> {
    private int max;

    @Override
    public void start() {
        max = Integer.parseInt(getFirstOption());
        super.start();
    }

    @Override
    protected String transform(ILoggingEvent event, String in) {
        boolean oneLine = in.indexOf('\n') < 0 && in.indexOf('\r') < 0;
        return PlainText.of(oneLine ? in : joined(in), max);
    }

    private static String joined(String lines) {
        return lines.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining(" | "));
    }
}
