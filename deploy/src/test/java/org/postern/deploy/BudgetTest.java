// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.deploy.config.PosternConfig;

final class BudgetTest {
    private static final long MIB = 1 << 20;

    private static Budget budget(String admission) {
        PosternConfig config =
                ConfigFile.parse("test", Path.of("/x"), """
                directory: { file: accounts.yaml }
                dns: { max-questions: 100 }
                engines:
                  clamav: { backends: [127.0.0.1:3310, 127.0.0.1:3311], max-connections: 15 }
                  rspamd: { max-connections: 9999 }
                farms:
                  mx:
                    listen: [{ port: 25 }]
                    limits: { connections: 1000, mails-at-once: 100, message-memory: 64KiB }
                    filters: { clamav: { weight: 1 }, rules: { weight: 1 } }
                    admission: %s
                """.formatted(admission), List.of(), PosternConfig.class);
        return Plan.of(config, List.of(new Role.Front("mx"))).budget();
    }

    @Test
    void whatCannotFit_isRefused_withTheArithmetic() {
        Budget budget = budget("{ rates: { remembered: 20000 } }");

        assertThatThrownBy(() -> budget.check(40 * MIB, 1000, 4096 * MIB))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "the bounds add up to 104.6 MiB of heap, but this process may use 40.0 MiB: set"
                                                + " POSTERN_JAVA_OPTIONS=-Xmx105m, or lower the largest:"
                                                + " 48.0 MiB the process itself,"
                                                + " 15.3 MiB farm mx: admission remembers 100000 entries,"
                                                + " 12.5 MiB farm mx: limits.mails-at-once 100 with message-memory 64KiB;"
                                                + " postern check --bounds shows all",
                                        "the bounds add up to 2562 open files, but this process may have 1000: raise"
                                                + " ulimit -n, or lower the largest:"
                                                + " 2000 farm mx: limits.connections 1000,"
                                                + " 300 farm mx: limits.mails-at-once 100 with message-memory 64KiB,"
                                                + " 128 the process itself;"
                                                + " postern check --bounds shows all"));
    }

    @Test
    void theSums_areTwoLines_andOneForEachPartWhereThatIsAsked() {
        Budget budget = budget("{ rates: { remembered: 20000 } }");
        assertThat(budget.lines(false)).hasSize(2);
        assertThat(budget.lines(true))
                .hasSize(15)
                .contains("     48.0 MiB  the process itself", "          128  the process itself");
    }

    @Test
    void whatFits_starts() {
        assertThatCode(() -> budget("{}").check(100 * MIB, 3000, 100 * MIB)).doesNotThrowAnyException();
    }

    @Test
    void greylisting_countsWhereItIsOn() {
        assertThat(budget("{ greylist: { from: 1, to: 2, remembered: 50000 } }").lines(true))
                .anyMatch(line -> line.endsWith("admission remembers 150000 entries"));
    }

    @Test
    void childProcessesAndUnpacking_count_andWhatIsShared_once() {
        PosternConfig config = ConfigFile.parse("test", Path.of("/x"), """
                directory: { file: accounts.yaml }
                engines:
                  attachments: { unpack: { at-once: 3, file-max: 16MiB } }
                  ocr: { at-once: 2, memory: 256MiB }
                farms:
                  mx:
                    listen: [{ port: 25 }]
                    filters: { attachments: { weight: 1 }, urls: { weight: 1 }, ocr: { weight: 1 } }
                """, List.of(), PosternConfig.class);
        Budget budget = Plan.of(config, List.of(new Role.Front("mx"))).budget();

        assertThat(budget.lines(false)).hasSize(3);
        assertThat(String.join("\n", budget.lines(true)))
                .contains("288.0 MiB  engine attachments: unpack.at-once 3 with twice file-max 16MiB and 64MiB each")
                .contains("512.0 MiB  engine ocr: at-once 2 with memory 256MiB")
                .containsPattern("(?s)memory with child processes.*processes that read them");
        assertThatCode(() -> budget.check(4096 * MIB, 10_000, 16_384 * MIB)).doesNotThrowAnyException();
        assertThatThrownBy(() -> budget.check(4096 * MIB, 10_000, 1024 * MIB))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("of memory with child processes, but this machine or container has 1024.0 MiB");
    }

    /// As postern init writes them. The heap is half of the memory where nobody says otherwise.
    @Test
    void twoFarmsWithTheUsualFiltersAndAStore_fitIntoHalfOfAGibibyte() {
        PosternConfig config = ConfigFile.parse("test", Path.of("/x"), """
                directory: { file: accounts.yaml }
                farms:
                  mx:
                    listen: [{ port: 25 }]
                    filters:
                      clamav: { weight: 100 }
                      spamd: { weight: 1 }
                      rspamd: { weight: 0.3 }
                      rules: { weight: 1 }
                      attachments: { weight: 1.25 }
                  submission:
                    listen: [{ port: 587, tls: starttls-required }]
                    authentication: required
                    filters: { clamav: { weight: 100 }, rules: { weight: 1 }, attachments: { weight: 1 } }
                store:
                  spool: { folder: spool }
                  maildir: { folder: mail }
                  quarantine: { folder: quarantine }
                """, List.of(), PosternConfig.class);
        Budget budget = Plan.of(config, List.of(new Role.AllInOne())).budget();

        // What the serial collector leaves of 512 MiB.
        assertThatCode(() -> budget.check(494 * MIB, 100_000, 1024 * MIB)).doesNotThrowAnyException();
    }
}
