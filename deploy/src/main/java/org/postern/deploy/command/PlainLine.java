// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import org.postern.core.text.PlainText;

/// The words `%plain(…){8000}` of the log's pattern: one line of so many characters, which steers no terminal. Nearly
/// every message quotes somebody: a client, an LDAP server, a name in the DNS.
public final class PlainLine extends CompositeConverter<ILoggingEvent> {
    @Override
    protected String transform(ILoggingEvent event, String in) {
        return PlainText.of(in.replaceAll("\\s*[\\r\\n]+\\s*", " | "), Integer.parseInt(getFirstOption()));
    }
}
