// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static java.util.Objects.requireNonNull;

import com.unboundid.asn1.ASN1OctetString;
import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.controls.SimplePagedResultsControl;
import java.util.function.Consumer;
import org.postern.core.limits.Deadline;

/// Reads all accounts, page by page, so that neither side holds more than a page. RFC 2696.
final class LdapListing {
    private static final int PAGE = 500;

    private LdapListing() {}

    static int list(
            LDAPConnection connection,
            LdapConfig config,
            LdapSchema schema,
            Consumer<SearchResultEntry> each,
            Deadline deadline)
            throws LDAPException {
        int number = 0;
        ASN1OctetString cookie = null;
        do {
            if (deadline.expired()) {
                throw new LDAPException(ResultCode.TIMEOUT, "the listing did not end in time; it got to " + number);
            }
            SearchRequest request = new SearchRequest(
                    config.baseDn(),
                    SearchScope.SUB,
                    DereferencePolicy.NEVER,
                    0,
                    0,
                    false,
                    Filter.create(schema.accountFilter()),
                    schema.accountAttributes());
            request.setFollowReferrals(false);
            request.setResponseTimeoutMillis(Math.max(1, deadline.remainingMillis()));
            request.addControl(new SimplePagedResultsControl(PAGE, cookie, true));
            SearchResult result = connection.search(request);
            for (SearchResultEntry entry : requireNonNull(result.getSearchEntries())) {
                number++;
                each.accept(entry);
            }
            SimplePagedResultsControl answer = SimplePagedResultsControl.get(result);
            cookie = answer != null && answer.moreResultsToReturn() ? answer.getCookie() : null;
        } while (cookie != null);
        return number;
    }
}
