// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

/// Takes the octets of a message as they come.
@FunctionalInterface
interface MessageSink {
    void write(byte[] octets, int offset, int length);
}
