// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postern.core.json.Json;

/// The lines of the control socket, each an object of JSON that ends with LF.
///
/// The request is `{"operation":"queue list","arguments":{"limit":"20"}}`. The answer is any number of
/// `{"row":{…}}` and `{"say":"…"}`, then one of `{"done":true}`, `{"failed":"why"}` and `{"unknown":true}`; without one
/// of these three it is not complete.
final class ControlLine {
    static final int OCTETS_MAX = 1 << 20;

    private ControlLine() {}

    record Request(String operation, Map<String, String> arguments) {}

    static byte[] write(Map<String, ?> object) {
        return (Json.write(object) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /// @return the line without its LF; empty at the end
    static String read(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                return "";
            }
            if (line.size() == OCTETS_MAX) {
                throw new IOException("a control line is longer than " + OCTETS_MAX + " octets");
            }
            line.write(octet);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    static Request readRequest(InputStream in) throws IOException {
        try {
            Map<?, ?> object = Json.readObject(read(in));
            Map<String, String> arguments = new LinkedHashMap<>();
            if (object.get("arguments") instanceof Map<?, ?> given) {
                given.forEach((name, value) -> arguments.put(String.valueOf(name), String.valueOf(value)));
            }
            return new Request(String.valueOf(object.get("operation")), arguments);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a request: " + e.getMessage(), e);
        }
    }
}
