// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.unboundid.ldap.sdk.Filter;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTemplateTest {
    private static final String QMAIL =
            "(&(objectClass=qmailUser)(|(mail={address})(mailAlternateAddress={address})(proxyAddresses=smtp:{address})))";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*)(objectClass=*",
                "a)(|(uid=*",
                "\\2a",
                "\\",
                "a\\29\\28",
                "\u0000",
                "{address}",
                "{login}",
                "josé",
                "\ud83d\ude00",
                "\u2028",
                "(",
                ")",
                "&",
                "|",
                "!",
                "=",
                "~=",
                ">=",
                ":dn:=",
                "#",
                ",",
                "+",
                "\"",
                "<",
                ">",
                ";",
                " leading",
                "trailing "
            })
    void with_anyValue_keepsTheShapeAndTheValue(String value) throws Exception {
        Filter filter = FilterTemplate.parse("x", QMAIL, "{address}").with(Map.of("{address}", value));

        Filter again = Filter.create(filter.toString());
        for (Filter each : new Filter[] {filter, again}) {
            assertThat(each.getFilterType()).isEqualTo(Filter.FILTER_TYPE_AND);
            assertThat(each.getComponents()).hasSize(2);
            Filter[] any = each.getComponents()[1].getComponents();
            assertThat(any).hasSize(3).allMatch(part -> part.getFilterType() == Filter.FILTER_TYPE_EQUALITY);
            assertThat(any[0].getAssertionValue()).isEqualTo(value);
            assertThat(any[1].getAttributeName()).isEqualTo("mailAlternateAddress");
            assertThat(any[2].getAssertionValue()).isEqualTo("smtp:" + value);
        }
    }

    @Test
    void with_randomValues_neverChangesTheShape() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String special = "*()\\\0&|!=<>~:,+\"#; {}address/login\u00e9";
        FilterTemplate template =
                FilterTemplate.parse("x", "(&(uid={login})(!(mail={login}))(cn=a*{login}*))", "{login}");
        for (int i = 0; i < 5000; i++) {
            StringBuilder value = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                value.append(special.charAt(random.nextInt(special.length())));
            }
            Filter filter = Filter.create(
                    template.with(Map.of("{login}", value.toString())).toString());
            assertThat(filter.getComponents()).hasSize(3);
            assertThat(filter.getComponents()[0].getAssertionValue()).isEqualTo(value.toString());
            assertThat(filter.getComponents()[2].getSubAnyStrings()).containsExactly(value.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "(mail={address}", "(&(mail={address})", "({address}=x)(", "(mail=x)"})
    void parse_whatIsNoFilterOrHasNoPlace_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FilterTemplate.parse("recipient-filter", text, "{address}"));
    }
}
