// Written by protocol/make_js_vectors.py from protocol/card_vectors.json.
export const VECTORS = {
    "comment": "Golden vectors of card identity; replayed by Python and JavaScript..",
    "cards": [
        {
            "uid": "BCD14264",
            "kind": "mifare",
            "keys": {
                "w26": "066,53692",
                "z5r": "00000042D1BC",
                "dec10": "1682100668"
            },
            "source": "real reader line"
        },
        {
            "uid": "77242CF0",
            "kind": "mifare",
            "keys": {
                "w26": "044,09335",
                "z5r": "0000002C2477",
                "dec10": "4029424759"
            },
            "source": "real reader line"
        },
        {
            "uid": "24548AAC",
            "kind": "mifare",
            "keys": {
                "w26": "138,21540",
                "z5r": "0000008A5424",
                "dec10": "2894746660"
            },
            "source": "real reader line"
        },
        {
            "uid": "9DCB4340",
            "kind": "mifare",
            "keys": {
                "w26": "067,52125",
                "z5r": "00000043CB9D",
                "dec10": "1078184861"
            },
            "source": "real reader line"
        },
        {
            "uid": "041B4B62D22F80",
            "kind": "mifare",
            "keys": {
                "w26": "004,06987",
                "z5r": "000000041B4B",
                "dec10": "1649089284"
            },
            "source": "real reader line"
        },
        {
            "uid": "55007EE424",
            "kind": "em_marine",
            "keys": {
                "w26": "126,58404",
                "z5r": "0000007EE424",
                "dec10": "0008315940"
            },
            "source": "real reader line"
        },
        {
            "uid": "A10007002A",
            "kind": "em_marine",
            "keys": {
                "w26": "007,00042",
                "z5r": "00000007002A",
                "dec10": "0000458794"
            },
            "source": "real reader line"
        },
        {
            "uid": "0000BB076B",
            "kind": "em_marine",
            "keys": {
                "w26": "187,01899",
                "z5r": "000000BB076B",
                "dec10": "0012257131"
            },
            "source": "real reader line"
        },
        {
            "uid": "04112233445566778899",
            "kind": "mifare",
            "keys": {
                "w26": "004,04386",
                "z5r": "000000041122",
                "dec10": "0857870596"
            },
            "source": "assumption"
        }
    ],
    "readings": [
        {
            "text": "Mifare[BCD14264] 1K (0004,08) 066,53692\r\n",
            "options": {},
            "expect": {
                "uid": "BCD14264",
                "kind": "mifare",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC",
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "uid",
                    "BCD14264"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "Mifare[62D22F80041B4B]  (0144,08) 004,06987",
            "options": {},
            "expect": {
                "uid": "041B4B62D22F80",
                "kind": "mifare",
                "keys": {
                    "w26": "004,06987",
                    "z5r": "000000041B4B",
                    "dec10": "1649089284"
                }
            },
            "search": [
                [
                    "uid",
                    "041B4B62D22F80"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "Em-Marine[5500] 126,58404",
            "options": {},
            "expect": {
                "uid": "55007EE424",
                "kind": "em_marine",
                "keys": {
                    "w26": "126,58404",
                    "z5r": "0000007EE424",
                    "dec10": "0008315940"
                }
            },
            "search": [
                [
                    "uid",
                    "55007EE424"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "Em-Marine[A100] 007,42",
            "options": {},
            "expect": {
                "uid": "A10007002A",
                "kind": "em_marine",
                "keys": {
                    "w26": "007,00042",
                    "z5r": "00000007002A",
                    "dec10": "0000458794"
                }
            },
            "search": [
                [
                    "uid",
                    "A10007002A"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "19997 Mifare[77242CF0] 1K (0004,08) 044,09335",
            "options": {},
            "expect": {
                "uid": "77242CF0",
                "kind": "mifare",
                "keys": {
                    "w26": "044,09335",
                    "z5r": "0000002C2477",
                    "dec10": "4029424759"
                }
            },
            "search": [
                [
                    "uid",
                    "77242CF0"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "19997 Em-Marine[5500] 126,58404",
            "options": {},
            "expect": {
                "uid": "55007EE424",
                "kind": "em_marine",
                "keys": {
                    "w26": "126,58404",
                    "z5r": "0000007EE424",
                    "dec10": "0008315940"
                }
            },
            "search": [
                [
                    "uid",
                    "55007EE424"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "No card",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "removed",
                "keys": {}
            },
            "search": [],
            "source": "real reader line"
        },
        {
            "text": "No Card\r\n",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "removed",
                "keys": {}
            },
            "search": [],
            "source": "real reader line"
        },
        {
            "text": "19997 No card",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "removed",
                "keys": {}
            },
            "search": [],
            "source": "rule"
        },
        {
            "text": "mIFARE[bcd14264]",
            "options": {},
            "expect": {
                "uid": "BCD14264",
                "kind": "mifare",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC",
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "uid",
                    "BCD14264"
                ]
            ],
            "source": "caps lock"
        },
        {
            "text": "Mifare[BCD1426] 1K (0004,08) 066,53692",
            "options": {},
            "expect": null,
            "search": [],
            "source": "a lost character"
        },
        {
            "text": "Em-Marine[5500] 126,88404",
            "options": {},
            "expect": null,
            "search": [],
            "source": "number above 65535"
        },
        {
            "text": "Em-Marine[5500] 326,58404",
            "options": {},
            "expect": null,
            "search": [],
            "source": "series above 255"
        },
        {
            "text": "ЬшафкухИСВ14264ъ 1Л (0004б08) 066б53692",
            "options": {},
            "expect": {
                "uid": "BCD14264",
                "kind": "mifare",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC",
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "uid",
                    "BCD14264"
                ]
            ],
            "source": "Russian layout"
        },
        {
            "text": "Ьшафкух62В22А80041И4Иъ  (0144б08) 004б06987",
            "options": {},
            "expect": {
                "uid": "041B4B62D22F80",
                "kind": "mifare",
                "keys": {
                    "w26": "004,06987",
                    "z5r": "000000041B4B",
                    "dec10": "1649089284"
                }
            },
            "search": [
                [
                    "uid",
                    "041B4B62D22F80"
                ]
            ],
            "source": "Russian layout"
        },
        {
            "text": "Уь-Ьфкштух5500ъ 126б58404",
            "options": {},
            "expect": {
                "uid": "55007EE424",
                "kind": "em_marine",
                "keys": {
                    "w26": "126,58404",
                    "z5r": "0000007EE424",
                    "dec10": "0008315940"
                }
            },
            "search": [
                [
                    "uid",
                    "55007EE424"
                ]
            ],
            "source": "Russian layout"
        },
        {
            "text": "Тщ сфкв",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "removed",
                "keys": {}
            },
            "search": [],
            "source": "Russian layout"
        },
        {
            "text": "исв14264",
            "options": {},
            "expect": {
                "uid": "BCD14264",
                "kind": "mifare",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC",
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "uid",
                    "BCD14264"
                ]
            ],
            "source": "Russian layout"
        },
        {
            "text": "066б53692",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC"
                }
            },
            "search": [
                [
                    "w26",
                    "066,53692"
                ]
            ],
            "source": "Russian layout"
        },
        {
            "text": "066.53692",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC"
                }
            },
            "search": [
                [
                    "w26",
                    "066,53692"
                ]
            ],
            "source": "Russian layout, / typed as ."
        },
        {
            "text": "ЫЬ10123456789ФИСВУАПРОЛ",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "qr",
                "keys": {
                    "qr": "0123456789ABCDEFGHJK"
                }
            },
            "search": [
                [
                    "qr",
                    "0123456789ABCDEFGHJK"
                ]
            ],
            "source": "Russian layout, QR"
        },
        {
            "text": "ТЩ СФКВ",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "removed",
                "keys": {}
            },
            "search": [],
            "source": "Russian layout"
        },
        {
            "text": "066,53692",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC"
                }
            },
            "search": [
                [
                    "w26",
                    "066,53692"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "044,09335",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "044,09335",
                    "z5r": "0000002C2477"
                }
            },
            "search": [
                [
                    "w26",
                    "044,09335"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "138,21540",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "138,21540",
                    "z5r": "0000008A5424"
                }
            },
            "search": [
                [
                    "w26",
                    "138,21540"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "067,52125",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "067,52125",
                    "z5r": "00000043CB9D"
                }
            },
            "search": [
                [
                    "w26",
                    "067,52125"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "187,1899",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "187,01899",
                    "z5r": "000000BB076B"
                }
            },
            "search": [
                [
                    "w26",
                    "187,01899"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "188,53570",
            "options": {
                "byte_order": "reversed"
            },
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC"
                }
            },
            "search": [
                [
                    "w26",
                    "066,53692"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "06653692",
            "options": {
                "digits": "pair"
            },
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC"
                }
            },
            "search": [
                [
                    "w26",
                    "066,53692"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "BCD14264",
            "options": {},
            "expect": {
                "uid": "BCD14264",
                "kind": "mifare",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC",
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "uid",
                    "BCD14264"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "bc:d1:42:64",
            "options": {},
            "expect": {
                "uid": "BCD14264",
                "kind": "mifare",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC",
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "uid",
                    "BCD14264"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "04 1B 4B 62 D2 2F 80",
            "options": {},
            "expect": {
                "uid": "041B4B62D22F80",
                "kind": "mifare",
                "keys": {
                    "w26": "004,06987",
                    "z5r": "000000041B4B",
                    "dec10": "1649089284"
                }
            },
            "search": [
                [
                    "uid",
                    "041B4B62D22F80"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "041B4B62D22F80",
            "options": {},
            "expect": {
                "uid": "041B4B62D22F80",
                "kind": "mifare",
                "keys": {
                    "w26": "004,06987",
                    "z5r": "000000041B4B",
                    "dec10": "1649089284"
                }
            },
            "search": [
                [
                    "uid",
                    "041B4B62D22F80"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "6442D1BC",
            "options": {
                "byte_order": "reversed"
            },
            "expect": {
                "uid": "BCD14264",
                "kind": "mifare",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC",
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "uid",
                    "BCD14264"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "802FD2624B1B04",
            "options": {
                "byte_order": "reversed"
            },
            "expect": {
                "uid": "041B4B62D22F80",
                "kind": "mifare",
                "keys": {
                    "w26": "004,06987",
                    "z5r": "000000041B4B",
                    "dec10": "1649089284"
                }
            },
            "search": [
                [
                    "uid",
                    "041B4B62D22F80"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "62D22F80041B4B",
            "options": {
                "byte_order": "rotated"
            },
            "expect": {
                "uid": "041B4B62D22F80",
                "kind": "mifare",
                "keys": {
                    "w26": "004,06987",
                    "z5r": "000000041B4B",
                    "dec10": "1649089284"
                }
            },
            "search": [
                [
                    "uid",
                    "041B4B62D22F80"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "55007EE424",
            "options": {},
            "expect": {
                "uid": "55007EE424",
                "kind": "em_marine",
                "keys": {
                    "w26": "126,58404",
                    "z5r": "0000007EE424",
                    "dec10": "0008315940"
                }
            },
            "search": [
                [
                    "uid",
                    "55007EE424"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "0000BB076B",
            "options": {},
            "expect": {
                "uid": "0000BB076B",
                "kind": "em_marine",
                "keys": {
                    "w26": "187,01899",
                    "z5r": "000000BB076B",
                    "dec10": "0012257131"
                }
            },
            "search": [
                [
                    "uid",
                    "0000BB076B"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "04112233445566778899",
            "options": {},
            "expect": {
                "uid": "04112233445566778899",
                "kind": "mifare",
                "keys": {
                    "w26": "004,04386",
                    "z5r": "000000041122",
                    "dec10": "0857870596"
                }
            },
            "search": [
                [
                    "uid",
                    "04112233445566778899"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "1682100668",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "decimal",
                "keys": {
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "dec10",
                    "1682100668"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "1682100668",
            "options": {
                "bits": 26
            },
            "expect": {
                "uid": null,
                "kind": "decimal",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC"
                }
            },
            "search": [
                [
                    "w26",
                    "066,53692"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "3167830628",
            "options": {
                "byte_order": "reversed"
            },
            "expect": {
                "uid": null,
                "kind": "decimal",
                "keys": {
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "dec10",
                    "1682100668"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "5500126584",
            "options": {},
            "expect": {
                "uid": "5500126584",
                "kind": "em_marine",
                "keys": {
                    "w26": "018,25988",
                    "z5r": "000000126584",
                    "dec10": "0001205636"
                }
            },
            "search": [
                [
                    "uid",
                    "5500126584"
                ]
            ],
            "source": "above 32 bits: EM-Marine hex"
        },
        {
            "text": "1234567890",
            "options": {
                "digits": "hex"
            },
            "expect": {
                "uid": "1234567890",
                "kind": "em_marine",
                "keys": {
                    "w26": "086,30864",
                    "z5r": "000000567890",
                    "dec10": "0878082192"
                }
            },
            "search": [
                [
                    "uid",
                    "1234567890"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "0009091411 138,47443",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "decimal",
                "keys": {
                    "dec10": "0009091411",
                    "w26": "138,47443",
                    "z5r": "0000008AB953"
                }
            },
            "search": [
                [
                    "dec10",
                    "0009091411"
                ],
                [
                    "w26",
                    "138,47443"
                ]
            ],
            "source": "printed on a card"
        },
        {
            "text": "0009090899 138,47443",
            "options": {},
            "expect": null,
            "search": [],
            "source": "the two numbers disagree"
        },
        {
            "text": "0009091411",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "decimal",
                "keys": {
                    "dec10": "0009091411",
                    "w26": "138,47443",
                    "z5r": "0000008AB953"
                }
            },
            "search": [
                [
                    "dec10",
                    "0009091411"
                ],
                [
                    "w26",
                    "138,47443"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "9091411",
            "options": {
                "digits": "decimal"
            },
            "expect": {
                "uid": null,
                "kind": "decimal",
                "keys": {
                    "dec10": "0009091411",
                    "w26": "138,47443",
                    "z5r": "0000008AB953"
                }
            },
            "search": [
                [
                    "dec10",
                    "0009091411"
                ],
                [
                    "w26",
                    "138,47443"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "9091411",
            "options": {},
            "expect": null,
            "search": [],
            "source": "no setting says decimal"
        },
        {
            "text": "000000BB076B",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "z5r",
                "keys": {
                    "w26": "187,01899",
                    "z5r": "000000BB076B"
                }
            },
            "search": [
                [
                    "w26",
                    "187,01899"
                ]
            ],
            "source": "real reader line"
        },
        {
            "text": "00006442D1BC",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "z5r",
                "keys": {
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "dec10",
                    "1682100668"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "00006442D1BC",
            "options": {
                "bits": 26
            },
            "expect": {
                "uid": null,
                "kind": "z5r",
                "keys": {
                    "w26": "066,53692",
                    "z5r": "00000042D1BC"
                }
            },
            "search": [
                [
                    "w26",
                    "066,53692"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "0000BCD14264",
            "options": {
                "byte_order": "reversed"
            },
            "expect": {
                "uid": null,
                "kind": "z5r",
                "keys": {
                    "dec10": "1682100668"
                }
            },
            "search": [
                [
                    "dec10",
                    "1682100668"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "0055007EE424",
            "options": {},
            "expect": {
                "uid": "55007EE424",
                "kind": "em_marine",
                "keys": {
                    "w26": "126,58404",
                    "z5r": "0000007EE424",
                    "dec10": "0008315940"
                }
            },
            "search": [
                [
                    "uid",
                    "55007EE424"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "0055007EE424",
            "options": {
                "bits": 26
            },
            "expect": {
                "uid": null,
                "kind": "z5r",
                "keys": {
                    "w26": "126,58404",
                    "z5r": "0000007EE424"
                }
            },
            "search": [
                [
                    "w26",
                    "126,58404"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "0004112233445",
            "options": {},
            "expect": null,
            "search": [],
            "source": "13 digits"
        },
        {
            "text": "041122334455",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "z5r",
                "keys": {
                    "z5r": "041122334455"
                }
            },
            "search": [
                [
                    "z5r",
                    "041122334455"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "BB076B",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "187,01899",
                    "z5r": "000000BB076B"
                }
            },
            "search": [
                [
                    "w26",
                    "187,01899"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "6B07BB",
            "options": {
                "byte_order": "reversed"
            },
            "expect": {
                "uid": null,
                "kind": "pair",
                "keys": {
                    "w26": "187,01899",
                    "z5r": "000000BB076B"
                }
            },
            "search": [
                [
                    "w26",
                    "187,01899"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "08A1B2C3",
            "options": {},
            "expect": {
                "uid": "08A1B2C3",
                "kind": "mifare",
                "keys": {
                    "w26": "178,41224",
                    "z5r": "000000B2A108",
                    "dec10": "3283263752"
                }
            },
            "search": [
                [
                    "uid",
                    "08A1B2C3"
                ]
            ],
            "source": "random UID of a phone: read, refused at enrolment"
        },
        {
            "text": "SM10123456789ABCDEFGHJK",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "qr",
                "keys": {
                    "qr": "0123456789ABCDEFGHJK"
                }
            },
            "search": [
                [
                    "qr",
                    "0123456789ABCDEFGHJK"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "sm10123456789abcdefghjk",
            "options": {},
            "expect": {
                "uid": null,
                "kind": "qr",
                "keys": {
                    "qr": "0123456789ABCDEFGHJK"
                }
            },
            "search": [
                [
                    "qr",
                    "0123456789ABCDEFGHJK"
                ]
            ],
            "source": "rule"
        },
        {
            "text": "SM10123456789ABCDEFGHJ",
            "options": {},
            "expect": null,
            "search": [],
            "source": "a lost character"
        },
        {
            "text": "SM10123456789ABCDEFGHIL",
            "options": {},
            "expect": null,
            "search": [],
            "source": "letters not in the alphabet"
        },
        {
            "text": "4600000000006",
            "options": {},
            "expect": null,
            "search": [],
            "source": "EAN-13 of a product"
        },
        {
            "text": "",
            "options": {},
            "expect": null,
            "search": [],
            "source": "rule"
        },
        {
            "text": "   ",
            "options": {},
            "expect": null,
            "search": [],
            "source": "rule"
        },
        {
            "text": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "options": {},
            "expect": null,
            "search": [],
            "source": "too long"
        },
        {
            "text": ":170009593F48",
            "options": {},
            "expect": null,
            "search": [],
            "source": "unknown setting"
        },
        {
            "text": "830017009593F01",
            "options": {},
            "expect": null,
            "search": [],
            "source": "unknown setting"
        },
        {
            "text": "Temic[1234]",
            "options": {},
            "expect": null,
            "search": [],
            "source": "unknown type"
        }
    ],
    "products": [
        {
            "text": "46012340",
            "options": {},
            "expect": true,
            "source": "EAN-8"
        },
        {
            "text": "04601234567893",
            "options": {},
            "expect": true,
            "source": "GTIN-14"
        },
        {
            "text": "460123456786",
            "options": {},
            "expect": true,
            "source": "UPC"
        },
        {
            "text": "4600000000008",
            "options": {},
            "expect": true,
            "source": "EAN-13"
        },
        {
            "text": "46012341",
            "options": {},
            "expect": false,
            "source": "wrong check digit"
        },
        {
            "text": "46012340",
            "options": {
                "digits": "hex"
            },
            "expect": false,
            "source": "the reader says that digits are a card"
        },
        {
            "text": "1682100668",
            "options": {},
            "expect": false,
            "source": "ten digits are no product"
        },
        {
            "text": "BCD14264",
            "options": {},
            "expect": false,
            "source": "hex"
        },
        {
            "text": "Mifare[46012340] 1K (0004,08) 035,00326",
            "options": {},
            "expect": false,
            "source": "a reader's line"
        }
    ],
    "refused": [
        {
            "uid": "08A1B2C3",
            "code": "random"
        },
        {
            "uid": "00000000",
            "code": "blank"
        },
        {
            "uid": "FFFFFFFFFFFFFF",
            "code": "blank"
        },
        {
            "uid": "BCD1426",
            "code": "malformed"
        }
    ]
};
