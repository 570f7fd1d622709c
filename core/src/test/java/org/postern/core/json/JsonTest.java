// SPDX-License-Identifier: Apache-2.0
package org.postern.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyKindOfValue_writtenAndRead_isTheSame() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "\"quoted\" \\ \u00fc \u0000 \u0085 \ud83d\ude00 # : {}\r\n\t");
        value.put("number", 42);
        value.put("fraction", -1.5);
        value.put("truth", true);
        value.put("list", List.of("a", "- b", "no", "null", "1"));
        value.put("map", Map.of("x", List.of()));

        String line = Json.write(value);

        assertThat(line).matches("[\\x20-\\x7e]+");
        assertThat(Json.readObject(line)).isEqualTo(value);
    }

    @Test
    void whatIsNoObject_isRefused() {
        for (String text : List.of("", "[]", "{", "{\"a\":1,\"a\":2}", "1", "[".repeat(100_000))) {
            assertThatThrownBy(() -> Json.readObject(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
