// SPDX-License-Identifier: Apache-2.0
package org.postern.core.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ReplyTest {
    @Test
    void of_codeAndText_readsAsSent() {
        assertThat(Reply.of(ReplyCode.LOCAL_ERROR_451, "4.3.0", "Try again later"))
                .hasToString("451 4.3.0 Try again later");
    }

    @Test
    void of_lineBreakInText_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Reply.of(ReplyCode.COMPLETED_250, "2.0.0", "ok\r\n550 no"));
    }

    @Test
    void of_codesThatContradict_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Reply.of(ReplyCode.COMPLETED_250, "5.0.0", "ok"));
        assertThatIllegalArgumentException().isThrownBy(() -> EnhancedStatusCode.parse("3.0.0"));
        assertThatIllegalArgumentException().isThrownBy(() -> EnhancedStatusCode.parse("5.1"));
    }

    @Test
    void replyCode_name_carriesItsNumber() {
        for (ReplyCode code : ReplyCode.values()) {
            assertThat(code.name()).endsWith("_" + code.number());
        }
    }
}
