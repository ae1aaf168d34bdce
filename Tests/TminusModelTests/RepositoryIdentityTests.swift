import Testing
import TminusModel

/// One repository under several addresses.
@Suite struct RepositoryIdentityTests {
    @Test(
        arguments: [
            "https://git.example.org/ada/shop", "https://git.example.org/ada/shop.git",
            "https://git.example.org/ada/shop/", "https://git.example.org/ada/shop.git/",
            "https://GIT.Example.ORG/ada/shop.git", "https://git.example.org:443/ada/shop",
            "https://ada@git.example.org/ada/shop.git", "https://ada:s3cret@git.example.org/ada/shop.git",
            "https://git.example.org//ada/./shop.git", "https://git.example.org/ada/x/../shop",
            "https://git.example.org/%61da/shop.git", "https://git.example.org./ada/shop",
            "ssh://git@git.example.org/ada/shop", "ssh://git@git.example.org:22/ada/shop.git/",
            "ssh://git.example.org/ada/shop.git", "ssh://git@git.example.org/~/ada/shop.git",
            "git@git.example.org:ada/shop.git", "git@git.example.org:/ada/shop", "git@Git.example.org:ada/shop/",
            "git.example.org:ada/shop",
        ])
    func anAddressOfTheShopIsTheShop(address: String) {
        #expect(RepositoryIdentity(address).description == "git.example.org/ada/shop")
    }

    @Test(
        arguments: [
            ("https://git.example.org:8443/ada/shop", "git.example.org:8443/ada/shop"),
            ("ssh://git@git.example.org:2222/ada/shop.git", "git.example.org:2222/ada/shop"),
            ("ssh://git@git.example.org:443/ada/shop", "git.example.org:443/ada/shop"),
            ("https://git.example.org/Ada/shop", "git.example.org/Ada/shop"),
            ("https://other.example.org/ada/shop", "other.example.org/ada/shop"),
            ("https://git.example.org/ada/shop.gitt", "git.example.org/ada/shop.gitt"),
            ("https://git.example.org/ada/.git", "git.example.org/ada/.git"),
            ("https://git.example.org/ada/shop%2", "git.example.org/ada/shop%2"),
            ("ada@git.example.org:shop.git", "git.example.org/~ada/shop"),
            ("ssh://ada@git.example.org/~/shop.git", "git.example.org/~ada/shop"),
            ("https://git.example.org/~ada/shop", "git.example.org/~ada/shop"),
            ("https://ada@git.example.org/~ada/shop", "git.example.org/~ada/shop"),
            ("git@git.example.org:~ada/shop", "git.example.org/~ada/shop"),
            ("ssh://git@git.example.org/~ada/shop", "git.example.org/~ada/shop"),
            ("bob@git.example.org:shop", "git.example.org/~bob/shop"),
            ("https://[2001:DB8::1]:443/shop", "[2001:db8::1]/shop"),
            ("ssh://git@[2001:db8::1]/shop", "[2001:db8::1]/shop"),
            ("/srv/git/shop.git", "/srv/git/shop.git"), ("file:///srv/git/shop.git", "/srv/git/shop.git"),
            ("file:///srv/git/shop%2Egit/", "/srv/git/shop.git"), ("/srv//git/./shop.git/", "/srv/git/shop.git"),
            ("/srv/git/shop/.git", "/srv/git/shop"), ("/srv/git/shop", "/srv/git/shop"), ("/", "/"),
            ("shop", "shop"), ("", ""), ("https://", "https://"), ("ssh://host", "ssh://host"),
        ])
    func whatIsAnotherRepositoryStaysAnother(address: String, identity: String) {
        #expect(RepositoryIdentity(address).description == identity)
    }

    @Test func anOriginIsComparedByWhatItsAddressMeans() {
        let first = TagOrigin(repository: "https://h/x.git", tag: "v1", object: "aa", pipeline: "p.yaml")
        var other = first
        other.repository = "git@h:x"
        #expect(first != other)
        #expect(first.isSameRun(as: other))
        other.object = "bb"
        #expect(first.isSameTag(as: other))
        #expect(!first.isSameRun(as: other))
        other.tag = "v2"
        #expect(!first.isSameTag(as: other))
    }
}
