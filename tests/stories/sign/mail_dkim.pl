# Verifies letters with Mail::DKIM: RECORDS (name, tab, TXT value) and a folder of letters; a line an RSA
# signature, for this library does not know Ed25519.
use strict;
use warnings;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;
use Net::DNS;

my ($records, $folder) = @ARGV;
my %value;
open(my $in, '<', $records) or die "$records: $!";
while (<$in>) { chomp; my ($name, $value) = split /\t/; $value{$name} = $value; }

no warnings 'redefine';
*Mail::DKIM::DNS::query = sub {
    my ($name, $type) = @_;
    return () unless $value{$name};
    my @strings = unpack '(A255)*', $value{$name};
    return (Net::DNS::RR->new(owner => $name, type => 'TXT', txtdata => \@strings));
};

for my $file (sort glob "$folder/*.eml") {
    my $verifier = Mail::DKIM::Verifier->new;
    open(my $letter, '<:raw', $file) or die "$file: $!";
    local $/;
    $verifier->PRINT(<$letter>);
    $verifier->CLOSE;
    for my $signature (grep { $_->algorithm eq 'rsa-sha256' } $verifier->signatures) {
        print "$file ", $signature->result, "\n";
    }
}
