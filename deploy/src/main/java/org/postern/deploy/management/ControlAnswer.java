// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/// Writes an answer. What is said is sent at once; rows are sent as they fill a buffer.
final class ControlAnswer implements Operation.Answer {
    private final OutputStream out;

    ControlAnswer(OutputStream out) {
        this.out = new BufferedOutputStream(out, 16 * 1024);
    }

    @Override
    public synchronized void row(Map<String, ?> columns) {
        write(Map.of("row", columns), false);
    }

    @Override
    public synchronized void say(String line) {
        write(Map.of("say", line), true);
    }

    synchronized void done() {
        write(Map.of("done", true), true);
    }

    synchronized void failed(String why) {
        write(Map.of("failed", why), true);
    }

    synchronized void unknown() {
        write(Map.of("unknown", true), true);
    }

    private void write(Map<String, ?> line, boolean now) {
        try {
            out.write(ControlLine.write(line));
            if (now) {
                out.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
